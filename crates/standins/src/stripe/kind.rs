//! The kinds of objects: how their ids begin and what they are called.

macro_rules! kinds {
    ($($name:ident $prefix:literal $object:literal $folder:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($name),* }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How ids begin, without the underscore.
            pub fn prefix(self) -> &'static str {
                match self { $(Self::$name => $prefix),* }
            }

            /// The value of the field `object`.
            pub fn object(self) -> &'static str {
                match self { $(Self::$name => $object),* }
            }

            /// The path below `/v1/`.
            pub fn folder(self) -> &'static str {
                match self { $(Self::$name => $folder),* }
            }
        }
    };
}

kinds! {
    Customer "cus" "customer" "customers";
    Product "prod" "product" "products";
    Price "price" "price" "prices";
    PaymentMethod "pm" "payment_method" "payment_methods";
    Session "cs" "checkout.session" "checkout/sessions";
    Intent "pi" "payment_intent" "payment_intents";
    SetupIntent "seti" "setup_intent" "setup_intents";
    Charge "ch" "charge" "charges";
    Subscription "sub" "subscription" "subscriptions";
    Invoice "in" "invoice" "invoices";
    InvoicePayment "inpay" "invoice_payment" "invoice_payments";
    Refund "re" "refund" "refunds";
    Dispute "du" "dispute" "disputes";
    BalanceTransaction "txn" "balance_transaction" "balance_transactions";
    Portal "bps" "billing_portal.session" "billing_portal/sessions";
    PortalConfiguration "bpc" "billing_portal.configuration" "billing_portal/configurations";
    Endpoint "we" "webhook_endpoint" "webhook_endpoints";
}

impl Kind {
    /// The kind that an id belongs to, by its beginning.
    pub fn of_id(id: &str) -> Option<Self> {
        let prefix = id.split('_').next()?;
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.prefix() == prefix)
    }

    /// As Stripe names it in "No such …": without the namespace.
    pub fn spoken(self) -> &'static str {
        self.object()
    }
}
