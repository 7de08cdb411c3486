"""Learn: what each loss keeps, read from the lab's runs."""
