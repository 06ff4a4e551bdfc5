"""What `envfence rule` tells of a flow rule: it stands in the rule's own metadata."""

from envfence.flows.rules import FlowRule, bundled

FILES = {
    "python": "report.py",
    "javascript": "report.js",
    "java": "Report.java",
    "go": "report.go",
    "yaml": "prices.yaml",
    "bash": "report.sh",
    "dockerfile": "Dockerfile",
    "terraform": "main.tf",
}


def texts(rule: str) -> tuple[str, str, str]:
    """Return why a rule of the package is there, and its code blocks before and after."""
    (told,) = (each for each in bundled() if each.id == rule)
    why = told.part("why")
    return f"{why[0].upper()}{why[1:]}.", _fenced(told, "before"), _fenced(told, "after")


def _fenced(rule: FlowRule, key: str) -> str:
    language = rule.languages[0]
    return f"```{language} {FILES[language]}\n{rule.block(key)}\n```"
