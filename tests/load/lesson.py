"""A class of many browsers from its beginning to its end, over HTTP and Streamlit's websockets."""

import asyncio
import base64
import io
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from PIL import Image, ImageDraw

from tests.load.client import Session
from tests.ui.class_clients import COOKIE, Phone, until
from vaegan.classroom import names

PASSCODE = "open sesame"
FOLLOWED = ("Class", "Denoise")  # each is a tab of each phone


async def hold_class(address: str, students: int, digits: int = 3) -> list[str]:
    """Everybody joins, answers, gives digits to the wall, and leaves when it has ended; returns exceptions of pages."""
    port = int(urlsplit(address).port or 0)
    phones = [Phone(port) for _ in range(students)]
    exceptions: list[str] = []
    async with AsyncExitStack() as stack:
        token = names.new_token()
        teacher = await stack.enter_async_context(Session(address, "Class", cookie=f"{COOKIE}={token}"))
        await teacher.set("class_passcode", {"string_value": PASSCODE})
        await teacher.set("class_begin", {"trigger_value": True})
        code = teacher.components["class_dock"]["code"]
        for phone in phones:
            assert (await phone.post(code, "join", {}))[0] == 200
            assert await phone.listen(code) == 200

        async def attend(phone: Phone, page: str) -> None:
            session = Session(address, page, cookie=f"{COOKIE}={phone.cookie}")
            exceptions.extend((await stack.enter_async_context(session)).opened.exceptions)

        for page in FOLLOWED:
            await asyncio.gather(*(attend(phone, page) for phone in phones))

        await teacher.set("class_question", {"string_value": "Which makes less of it?"})
        await teacher.set("class_choices", {"string_value": "with, without"})
        await teacher.set("class_ask", {"trigger_value": True})
        await until(lambda: all(phone.view.get("question") for phone in phones))
        for number, phone in enumerate(phones):
            wish = {"lesson": "Asked", "step": 1, "answer": ("with", "without")[number % 2]}
            assert (await phone.post(code, "answer", wish))[0] == 200
        await teacher.set("class_reveal", {"trigger_value": True})

        await teacher.set("class_section", {"string_array_value": {"data": ["Wall"]}})
        await teacher.set("class_collects", {"bool_value": True})
        for number, phone in enumerate(phones):
            for label in range(digits):
                digit = {"png": _digit(number), "label": label}
                assert (await phone.post(code, "digit", digit))[0] == 200
        for view in ("Read by a network", "Under noise, cleaned", "On the map", "As given"):
            answer = await teacher.set("wall_view", {"string_array_value": {"data": [view]}})
            exceptions += answer.exceptions
        await until(lambda: all(phone.view["wall"]["given"] == digits for phone in phones))
        await teacher.set("class_end", {"trigger_value": True})
        await until(lambda: all(phone.view.get("over") for phone in phones))
    await asyncio.gather(*(phone.sleep() for phone in phones))
    return exceptions


def _digit(number: int) -> str:
    """A stroke as the field of a phone sends it, unlike that of any other phone."""
    picture = Image.new("RGBA", (280, 280), "black")
    ImageDraw.Draw(picture).line([(70, 60), (200 - number, 60), (130 + number, 220)], fill="white", width=20)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
