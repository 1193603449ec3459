CREATE TABLE "change_marks" (
	"txid" "xid8" PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "moment_changes" (
	"of" uuid NOT NULL,
	"txid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"moment_id" uuid NOT NULL
);
--> statement-breakpoint
DROP INDEX "moments_identity_txid";--> statement-breakpoint
DROP INDEX "moments_target_txid";--> statement-breakpoint
CREATE INDEX "moment_changes_of" ON "moment_changes" USING btree ("of","txid");--> statement-breakpoint
CREATE INDEX "moment_changes_txid" ON "moment_changes" USING btree ("txid");--> statement-breakpoint
-- Below: by hand. What changed before this is in no log: streams that stood before it read their timelines anew.
INSERT INTO "change_marks" SELECT pg_snapshot_xmax(pg_current_snapshot()), now();--> statement-breakpoint
-- Room beside each row for the next state of it; drizzle knows no storage parameters.
ALTER TABLE "moments" SET (fillfactor = 85);
