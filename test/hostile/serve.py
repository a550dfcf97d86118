"""Serves a folder on 127.0.0.1 until it is ended; the port goes into a file.

Where the folder has an answers.json, that is what is answered: a list of [start of a path, status, type, body].
"""

import functools
import http.server
import json
import os
import sys

folder, port_file = sys.argv[1:]
answers = []
if os.path.exists(os.path.join(folder, "answers.json")):
    with open(os.path.join(folder, "answers.json"), encoding="utf-8") as file:
        answers = json.load(file)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        for start, status, kind, body in answers:
            if self.path.startswith(start):
                data = body.encode("utf-8")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                return
        super().do_GET()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
