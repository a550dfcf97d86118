/** A process that renders one chart and ends; started by `isolated.ts`. */
import { serveJob } from './serve-job.ts';

serveJob();
