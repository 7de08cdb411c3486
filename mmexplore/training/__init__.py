"""What is trained. The only folder whose modules import torch at the top: worker processes import it, the server never does."""
