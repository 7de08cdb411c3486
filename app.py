"""The dashboard's entry: the pages of all labs, and what one server process does once."""

import streamlit as st

from mmexplore.labs import pages
from mmexplore.serve import server, sessions
from mmexplore.ui.frame import frame
from mmexplore.ui.navigation import with_unknown
from mmexplore.ui.state import visiting
from mmexplore.ui.visitors import take_key

server.prepare()
sessions.watch()
frame()
page = st.navigation(with_unknown(pages()), position="top")
visiting(page.url_path)
take_key()
page.run()
