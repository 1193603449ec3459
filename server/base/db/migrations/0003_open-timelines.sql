CREATE TABLE "regroupings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "regroupings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"identity_ids" uuid[] NOT NULL,
	"txid" "xid8" DEFAULT pg_current_xact_id() NOT NULL
);
