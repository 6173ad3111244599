"""What to do when phones cannot join, and the wireless network as a code."""

import streamlit as st

from vaegan.ui.addresses import Addresses, code_picture, network_text
from vaegan.ui.gallery import staged

NETWORK, SECRET = "class_network", "class_network_password"  # widget keys
CANNOT_JOIN = """
1. **The same network.** A phone that is on mobile data or on another Wi-Fi reaches nothing here.
2. **The address begins with http, not https.** Some browsers change that by themselves: type it with http://.
3. **The network keeps its devices apart** ("client isolation", usual in guest networks). Ask who runs it
   for one without, or let a phone or this computer open a hotspot, and join all to that.
4. **This computer's firewall** asks once whether others may connect to Python: allow it for private networks.
5. **The name is not known everywhere**: the address with numbers always works.
"""
ONLY_HERE = (
    "The app was started for this computer alone, so no phone reaches it. Start it with `make run HOST=0.0.0.0`, or "
    "`streamlit run vaegan/ui/server.py --server.address 0.0.0.0`, and begin the class again."
)


def cannot_join(where: Addresses) -> None:
    """A note on what usually is the matter."""
    if not where.are_open:
        st.warning(ONLY_HERE, icon=":material/wifi_off:")
    st.markdown(CANNOT_JOIN)


def network_code() -> None:
    """A code by which phones join the wireless network, once the teacher has typed its name; nothing of it is kept."""
    with st.container(horizontal=True):
        st.text_input("Wi-Fi name", key=NETWORK, max_chars=32, help="For a code that phones join the network by.")
        st.text_input(
            "Wi-Fi password", key=SECRET, type="password", max_chars=63, help="Whoever sees the code can read it."
        )
    name, password = (str(st.session_state.get(key) or "") for key in (NETWORK, SECRET))
    if name:
        picture = code_picture(network_text(name, password))
        st.html(staged(f'<img style="width:14rem" src="{picture}" alt="The Wi-Fi as a code for a camera">'))
