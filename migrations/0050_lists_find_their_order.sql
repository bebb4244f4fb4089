-- Orders that the operator's lists are paged along, and what their numbers are counted from.
create index subscriptions_by_kind on subscriptions (kind, status, ends_at, id);
create index subscriptions_by_kind_end on subscriptions (kind, ends_at, id);
create index payments_by_gateway on payments (gateway_id, settled_at desc, id desc);
create index payments_voided on payments (settled_at desc, id desc) where voided_at < 9223372036854775807;
create index payments_by_reference on payments (provider_transaction);
create index payments_income on payments (currency, settled_at, amount_minor, voided_at) where voided_at = 9223372036854775807;
create index accounts_disabled on accounts (created_at desc, id desc) where not enabled;
create index accounts_by_role_time on accounts (role_id, created_at desc, id desc);
