"""semgrep's names of languages, and which files are written in them."""

import os.path

_JAVASCRIPT = (".js", ".jsx", ".mjs", ".cjs")
_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_SHELL = (".sh", ".bash")
_DOCKERFILE = (".dockerfile",)
_SUFFIXES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("python", "python3", "py"), (".py", ".pyi")),
    **dict.fromkeys(("javascript", "js"), _JAVASCRIPT),
    **dict.fromkeys(("typescript", "ts"), _TYPESCRIPT),
    **dict.fromkeys(("go", "golang"), (".go",)),
    "java": (".java",),
    **dict.fromkeys(("kotlin", "kt"), (".kt", ".kts")),
    **dict.fromkeys(("csharp", "c#"), (".cs",)),
    "php": (".php",),
    **dict.fromkeys(("ruby", "rb"), (".rb",)),
    "rust": (".rs",),
    "scala": (".scala",),
    "swift": (".swift",),
    "yaml": (".yml", ".yaml"),
    "json": (".json",),
    **dict.fromkeys(("bash", "sh"), _SHELL),
    **dict.fromkeys(("dockerfile", "docker"), _DOCKERFILE),
    **dict.fromkeys(("terraform", "tf", "hcl"), (".tf", ".hcl", ".tfvars")),
}
_KNOWN = tuple(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)


def is_written_in(language: str, path: str, data: bytes) -> bool:
    """Return whether semgrep would read the file for this language; for one not named here any file is read."""
    suffixes = _SUFFIXES.get(language.lower())
    return suffixes is None or f"{path}{suffix_of(path, data)}".lower().endswith(suffixes)


def suffix_of(path: str, data: bytes) -> str:
    """Return what a copy of the file needs behind its name, so that its language is known: "" for most."""
    name = os.path.basename(path).lower()
    if name.endswith(_KNOWN):
        return ""
    if name.startswith(("dockerfile", "containerfile")):
        return _DOCKERFILE[0]
    first = data[: data.find(b"\n")] if data.startswith(b"#!") else b""
    if first.rstrip().endswith((b"sh", b"sh -e", b"sh -eu", b"sh -x", b"sh -ex")):
        return _SHELL[0]
    return ".py" if b"python" in first else ""
