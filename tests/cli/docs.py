"""Every example of a document is run, and must print what the document says.

A block that begins with ```json name, ```jsonl name, ```csv name or ```sh name is written into a file of
that name; a ```console block holds commands after `$ ` (a backslash goes on in
the next line), what they print, and `exit N` where the exit is not 0.

    docs.py SLA DOCUMENT [--write]

With --write the document is changed to say what is printed; then look at it.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)


def steps(block):
    """The commands of a console block, each with what it prints."""
    text = block.replace("\\\n", "")
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, printed = part.partition("\n")
        found = re.search(r"^exit (\d+)\n\Z", printed, re.M)
        yield command, printed[:found.start()] if found else printed, int(found[1]) if found else 0


def run(command, folder, environment):
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, text=True,
                          encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=120)
    return done.stdout, done.returncode


def retold(block, sla_run):
    """The console block as it should read."""
    text = ""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n", part)[0]
        got, code = sla_run(command.replace("\\\n", "").rstrip("\n"))
        text += f"$ {command}{got}" + (f"exit {code}\n" if code else "")
    return text


def check(block, sla_run):
    """How many examples there are, and how many print something else."""
    examples = bad = 0
    for command, printed, code in steps(block):
        examples += 1
        got, got_code = sla_run(command)
        if (got, got_code) != (printed, code):
            bad += 1
            print(f"$ {command}\n--- the document says, exit {code}\n{printed}"
                  f"--- it prints, exit {got_code}\n{got}")
    return examples, bad


def main():
    sla, document = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    environment = {**os.environ, "LC_ALL": "C.UTF-8",
                   "PATH": f"{sla.parent}{os.pathsep}{os.environ['PATH']}"}
    text = document.read_text(encoding="utf-8")
    examples = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind, name, body in BLOCK.findall(text):
            if kind in ("json", "jsonl", "csv", "sh") and name:
                (pathlib.Path(folder) / name).write_text(body, encoding="utf-8")
            if kind != "console":
                continue
            if "--write" in sys.argv:
                text = text.replace(body, retold(body, lambda line: run(line, folder, environment)))
            found = check(body, lambda line: run(line, folder, environment))
            examples, bad = examples + found[0], bad + found[1]
    if "--write" in sys.argv:
        document.write_text(text, encoding="utf-8")
    print(f"{examples} examples, {bad} of them print something else")
    return 1 if bad or not examples else 0


sys.exit(main())
