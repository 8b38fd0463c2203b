"""Moving the money: instalments, payments, refunds, payouts and statements of orders; every movement is posted."""
