"""Records what Python itself makes of the texts in programs.txt: `python3 record.py` writes programs.json."""

import ast, json, pathlib

here = pathlib.Path(__file__).parent


def tree(node):
    if isinstance(node, ast.AST):
        if isinstance(node, ast.Constant) and not isinstance(node.value, (str, int, float, bool, type(None))):
            return {"_": "Constant", "repr": repr(node.value)}
        fields = {name: tree(value) for name, value in ast.iter_fields(node) if name not in ("ctx", "kind", "type_comment")}
        keep = lambda name, value: value not in (None, []) or (name == "value" and isinstance(node, ast.Constant))
        return {"_": type(node).__name__, **{name: value for name, value in fields.items() if keep(name, value)}}
    return [tree(item) for item in node] if isinstance(node, list) else node


def encode(value):
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(encode(item) for item in value)
    return [encode(item) for item in value] if isinstance(value, (list, tuple)) else value


def run(text):
    *body, last = (module := ast.parse(text)).body
    names = {}
    exec("import operator, functools; from functools import reduce", names)
    try:
        exec(compile(ast.Module(body, []), "", "exec"), names)
        return {"returns": encode(eval(compile(ast.Expression(last.value), "", "eval"), names))}
    except Exception as error:
        return {"error": type(error).__name__}
    finally:
        ast.fix_missing_locations(module)


texts = (here / "programs.txt").read_text().strip().split("\n\n")
programs = [{"text": text, "ast": tree(ast.parse(text))["body"], **run(text)} for text in texts]
lines = ",\n".join(json.dumps(program, ensure_ascii=False) for program in programs)
(here / "programs.json").write_text(f"[\n{lines}\n]\n")
