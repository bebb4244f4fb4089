"""Checks an answer against the SDK's own types: no field that it does not know, none missing that must be."""

import sys

# Fields that newer versions of the API require and the stand-in's version does not have.
NEWER = {"OBJECT_NAME", "billing_schedules"}
# Fields that were there in the stand-in's version and that the newer types no longer name.
OLDER = {
    "calculated_statement_descriptor", "default_tax_rates", "invoice_prefix", "plan", "review",
    "stand_in", "sources", "test_clock", "webhooks_delivered_at", "payment_method_collection",
    "product", "refunds", "on_behalf_of", "invoice",
}


def check_shape(thing):
    kind = type(thing)
    known = {}
    for ancestor in reversed(kind.__mro__):
        known.update(getattr(ancestor, "__annotations__", {}))
    required = {name for name, of in known.items() if not may_be_absent(of)} - NEWER
    fields = thing.to_dict(recursive=False)
    held = set(fields)
    strange, absent = held - set(known) - OLDER, {n for n in required - held if not n.startswith("_")}
    if strange or absent:
        name = f"{kind.__module__}.{kind.__name__}"
        print(f"MISMATCH: {name}: unknown {sorted(strange)}, missing {sorted(absent)}", file=sys.stderr)
        sys.exit(1)
    nulls = [name for name in required & held if fields[name] is None]
    if nulls:
        print(f"MISMATCH: {kind.__name__}: null where a value must be: {nulls}", file=sys.stderr)
        sys.exit(1)


def may_be_absent(annotation):
    text = str(annotation)
    return "None" in text or "Optional" in text or "ClassVar" in text
