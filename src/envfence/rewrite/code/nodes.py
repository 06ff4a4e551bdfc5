"""What single nodes of LibCST's trees say."""

import libcst as cst


def dotted(node: cst.CSTNode) -> str:
    """Return `a.b` for a name with its attributes; calls and subscripts on the way count as what they are made of."""
    if isinstance(node, cst.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr.value}" if owner else node.attr.value
    if isinstance(node, cst.Call):
        return dotted(node.func)
    if isinstance(node, cst.Subscript):
        return dotted(node.value)
    return node.value if isinstance(node, cst.Name) else ""


def text_of(node: cst.CSTNode) -> str:
    """Return what a plain string says, "" for anything else."""
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else ""
    return value if isinstance(value, str) else ""
