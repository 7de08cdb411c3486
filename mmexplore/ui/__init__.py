"""The only folder that imports streamlit or plotly: state, controls, the live dial, parts of pages."""
