"""The only folder that imports streamlit: state, controls, the live dial, parts of pages."""
