import type { Completer } from '../types.ts';

/** The ways to say which chart is meant, files and folders with them. */
export const chartReferences: Completer = async (call, _args, typed) =>
  (await import('./complete-charts.ts')).completeCharts(call, typed, true);

/** Names of repositories that are not on the line yet. */
export const chartRepositories: Completer = async (call, args) =>
  (await import('./complete-charts.ts')).completeRepositories(call, args);
