"""Services: appointments as work orders, the expert on site, the conversation about the work, and its report."""
