"""Meta's templates in our words, and a message that sends one. Pure but for the list itself.

https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates
"""

from __future__ import annotations

from collections.abc import Iterator

from channels_ingest.adapters.failures import Transient
from channels_ingest.adapters.incoming import Ignored, TemplateUpdate, Unclear
from channels_ingest.adapters.outgoing import OutboundTemplate, TemplateValue
from channels_ingest.adapters.whatsapp_cloud_api import GraphApi
from channels_ingest.adapters.whatsapp_cloud_json import Json, an_object, objects, text
from conversations.templates import PLACEHOLDER, ListedTemplate, TemplateButton, TemplateVariable

FIELDS = "id,name,language,category,status,components,parameter_format,rejected_reason"
PAGE_SIZE = 100
MAX_PAGE_COUNT = 80
STATES = {
    "APPROVED": "approved",
    "FLAGGED": "approved",
    "REINSTATED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "LIMIT_EXCEEDED": "disabled",
    "ARCHIVED": "disabled",
    "PENDING_DELETION": "gone",
    "DELETED": "gone",
}
CATEGORIES = {"MARKETING": "marketing", "UTILITY": "utility", "AUTHENTICATION": "authentication"}
_BUTTONS = {"QUICK_REPLY": "quick_reply", "URL": "url", "PHONE_NUMBER": "phone", "COPY_CODE": "copy_code"}
_MEDIA = {"IMAGE": "a picture", "VIDEO": "a video", "DOCUMENT": "a file", "LOCATION": "a place"}


def list_all(api: GraphApi, business_account_id: str) -> list[ListedTemplate]:
    """Every template of the account, page by page."""
    params = {"fields": FIELDS, "limit": str(PAGE_SIZE)}
    found: list[ListedTemplate] = []
    for _ in range(MAX_PAGE_COUNT):
        page = api.get(f"{business_account_id}/message_templates", params)
        found += [read(raw) for raw in objects(page.get("data")) if text(raw.get("id"), 100)]
        paging = an_object(page.get("paging"))
        after = text(an_object(paging.get("cursors")).get("after"), 500)
        if not paging.get("next") or not after:
            return found
        params["after"] = after
    raise Transient("Meta's list of templates has no end.", code="too_many_templates")


def read(raw: Json) -> ListedTemplate:
    """One template as Meta lists it."""
    parts = {text(one.get("type"), 40).upper(): one for one in objects(raw.get("components"))}
    header, body = parts.get("HEADER", {}), parts.get("BODY", {})
    buttons = objects(parts.get("BUTTONS", {}).get("buttons"))
    reason = text(raw.get("rejected_reason"), 200)
    header_format = text(header.get("format"), 20).upper()
    return ListedTemplate(
        provider_id=text(raw.get("id"), 100),
        name=text(raw.get("name"), 512),
        language=text(raw.get("language"), 20),
        category=CATEGORIES.get(text(raw.get("category"), 40).upper(), "utility"),
        state=STATES.get(text(raw.get("status"), 40).upper(), "pending"),
        header=PLACEHOLDER.sub(r"{{header.\1}}", text(header.get("text"), 1000)),
        body=text(body.get("text"), 4000),
        footer=text(parts.get("FOOTER", {}).get("text"), 200),
        buttons=tuple(_button(one, index) for index, one in enumerate(buttons)),
        variables=(*_header_variables(header), *_body_variables(body), *_button_variables(buttons)),
        reason="" if reason in {"", "NONE"} else _in_words(reason),
        obstacle=_obstacle(raw, parts, buttons, header_format),
    )


def read_update(value: Json, account: str) -> TemplateUpdate | Ignored | Unclear:
    """What a ``message_template_status_update`` says."""
    event, provider_id = text(value.get("event"), 40).upper(), text(value.get("message_template_id"), 100)
    if event not in STATES:
        return Ignored(f"Meta reports {event[:40].lower().replace('_', ' ') or 'something'} of a template")
    if not provider_id or not account:
        return Unclear("Meta does not say which template it speaks of")
    reason = text(value.get("reason"), 100)
    why = text(an_object(value.get("rejection_info")).get("reason"), 300)
    return TemplateUpdate(
        account,
        provider_id,
        STATES[event],
        reason=why or ("" if reason in {"", "NONE"} else _in_words(reason)),
        category=CATEGORIES.get(text(value.get("message_template_category"), 40).upper(), ""),
    )


def content(template: OutboundTemplate) -> Json:
    """The part of a message that sends a template. The language must be the template's very own."""
    whole: Json = {"name": template.name, "language": {"code": template.language}}
    components = list(_components(template.values))
    if components:
        whole["components"] = components
    return {"type": "template", "template": whole}


def _components(values: tuple[TemplateValue, ...]) -> Iterator[Json]:
    for part in ("header", "body"):
        given = [_parameter(one) for one in values if one.part == part]
        if given:
            yield {"type": part, "parameters": given}
    for one in values:
        if one.part == "button":
            is_code = one.name == "code"
            yield {
                "type": "button",
                "sub_type": "copy_code" if is_code else "url",
                "index": str(one.index),
                "parameters": [
                    {"type": "coupon_code", "coupon_code": one.value}
                    if is_code
                    else {"type": "text", "text": one.value}
                ],
            }


def _parameter(one: TemplateValue) -> Json:
    named: Json = {} if one.name.isdecimal() else {"parameter_name": one.name}
    return {"type": "text", **named, "text": one.value}


def _button(raw: Json, index: int) -> TemplateButton:
    kind = _BUTTONS.get(text(raw.get("type"), 40).upper(), "other")
    target = text(raw.get("url"), 2000) or text(raw.get("phone_number"), 40)
    own = f"{{{{button.{index}}}}}"
    target = own if kind == "copy_code" else PLACEHOLDER.sub(own, target)
    return TemplateButton(kind, text(raw.get("text"), 100), target)


def _header_variables(header: Json) -> list[TemplateVariable]:
    examples = _examples(header, "header_text")
    named = PLACEHOLDER.findall(text(header.get("text"), 1000))
    return [
        TemplateVariable(f"header.{name}", "header", name, example=examples.get(name, ""))
        for name in dict.fromkeys(named)
    ]


def _body_variables(body: Json) -> list[TemplateVariable]:
    examples = _examples(body, "body_text")
    names = list(dict.fromkeys(PLACEHOLDER.findall(text(body.get("text"), 4000))))
    # Meta takes values without names in the order of their numbers.
    if all(name.isdecimal() for name in names):
        names.sort(key=int)
    return [TemplateVariable(name, "body", name, example=examples.get(name, "")) for name in names]


def _button_variables(buttons: list[Json]) -> list[TemplateVariable]:
    found = []
    for index, raw in enumerate(buttons):
        example = raw.get("example")
        shown = text(example[0] if isinstance(example, list) and example else example, 200)
        if text(raw.get("type"), 40).upper() == "COPY_CODE":
            found.append(TemplateVariable(f"button.{index}", "button", "code", index, shown))
        elif PLACEHOLDER.search(text(raw.get("url"), 2000)):
            found.append(TemplateVariable(f"button.{index}", "button", "1", index, shown))
    return found


def _examples(component: Json, name: str) -> dict[str, str]:
    """Sample values by variable: ``body_text`` is a list of lists, named ones are objects."""
    example = an_object(component.get("example"))
    named = {
        text(one.get("param_name"), 100): text(one.get("example"), 200)
        for one in objects(example.get(f"{name}_named_params"))
    }
    plain = example.get(name)
    rows = plain if isinstance(plain, list) else []
    values = rows[0] if rows and isinstance(rows[0], list) else rows
    return {**{str(number): text(value, 200) for number, value in enumerate(values, 1)}, **named}


def _obstacle(raw: Json, parts: dict[str, Json], buttons: list[Json], header_format: str) -> str:
    """What we can't fill in: files, codes, catalogues, carousels."""
    if text(raw.get("category"), 40).upper() == "AUTHENTICATION":
        return "Templates for codes are not sent by hand"
    if header_format in _MEDIA:
        return f"Its heading wants {_MEDIA[header_format]}, which can't be given here"
    if "CAROUSEL" in parts or "LIMITED_TIME_OFFER" in parts:
        return "Cards and offers with a deadline can't be filled in here"
    if any(_BUTTONS.get(text(one.get("type"), 40).upper()) is None for one in buttons):
        return "One of its buttons can't be filled in here"
    return ""


def _in_words(reason: str) -> str:
    return reason.replace("_", " ").lower() if reason.isupper() else reason
