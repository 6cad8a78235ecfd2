"""What the forecasting room hands out: frozen values, no Django."""
