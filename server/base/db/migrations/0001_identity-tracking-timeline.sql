CREATE TABLE "callbacks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection" text NOT NULL,
	"corp_id" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"event" text NOT NULL,
	"message" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamp with time zone NOT NULL,
	"handled_at" timestamp with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "identity_evidence" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"one_identity_id" uuid NOT NULL,
	"other_identity_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"outcome" text NOT NULL,
	"detail" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity_questions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"one_identity_id" uuid NOT NULL,
	"other_identity_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"answered_at" timestamp with time zone,
	"answered_by" text
);
--> statement-breakpoint
CREATE TABLE "pending_ids" (
	"corp_id" text NOT NULL,
	"pending_id" text NOT NULL,
	"identity_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "pending_ids_corp_id_pending_id_identity_id_pk" PRIMARY KEY("corp_id","pending_id","identity_id")
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"identity_id" uuid NOT NULL,
	"agreed" boolean NOT NULL,
	"text_version" text NOT NULL,
	"locale" text NOT NULL,
	"network" text,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"person_id" uuid NOT NULL,
	"identity_ids" uuid[] NOT NULL,
	"state" text NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"closed_by" text NOT NULL,
	"done_at" timestamp with time zone,
	"counts" jsonb
);
--> statement-breakpoint
CREATE TABLE "readers" (
	"share_id" uuid NOT NULL,
	"identity_id" uuid NOT NULL,
	"material_id" uuid NOT NULL,
	"opens" integer NOT NULL,
	CONSTRAINT "readers_share_id_identity_id_pk" PRIMARY KEY("share_id","identity_id")
);
--> statement-breakpoint
CREATE TABLE "rollup_deltas" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rollup_deltas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"material_id" uuid NOT NULL,
	"share_id" uuid NOT NULL,
	"identity_id" uuid NOT NULL,
	"opens" integer DEFAULT 0 NOT NULL,
	"forwards" integer DEFAULT 0 NOT NULL,
	"seconds_from" smallint,
	"seconds_to" smallint,
	"depth_from" smallint,
	"depth_to" smallint
);
--> statement-breakpoint
CREATE TABLE "rollups" (
	"of" uuid NOT NULL,
	"measure" text NOT NULL,
	"bucket" smallint NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "rollups_of_measure_bucket_pk" PRIMARY KEY("of","measure","bucket")
);
--> statement-breakpoint
DROP INDEX "moments_identity_revision";--> statement-breakpoint
DROP INDEX "moments_target_revision";--> statement-breakpoint
ALTER TABLE "identities" ADD COLUMN "tracking_off_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "persons" ADD COLUMN "txid" "xid8" DEFAULT pg_current_xact_id() NOT NULL;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "member_userid" text;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "seconds_from" smallint;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "seconds_to" smallint;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "depth_from" smallint;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "depth_to" smallint;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "txid" "xid8" DEFAULT pg_current_xact_id() NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "callbacks_once" ON "callbacks" USING btree ("connection","dedupe_key");--> statement-breakpoint
CREATE INDEX "callbacks_waiting" ON "callbacks" USING btree ("next_try_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "callbacks_received" ON "callbacks" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "identity_evidence_one" ON "identity_evidence" USING btree ("one_identity_id","at");--> statement-breakpoint
CREATE INDEX "identity_evidence_other" ON "identity_evidence" USING btree ("other_identity_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "identity_questions_pair" ON "identity_questions" USING btree ("one_identity_id","other_identity_id","kind");--> statement-breakpoint
CREATE INDEX "identity_questions_other" ON "identity_questions" USING btree ("other_identity_id");--> statement-breakpoint
CREATE INDEX "pending_ids_identity" ON "pending_ids" USING btree ("identity_id");--> statement-breakpoint
CREATE INDEX "pending_ids_expires" ON "pending_ids" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "consents_identity" ON "consents" USING btree ("identity_id","at");--> statement-breakpoint
CREATE INDEX "erasures_pending" ON "erasures" USING btree ("requested_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "readers_material" ON "readers" USING btree ("material_id","identity_id");--> statement-breakpoint
CREATE INDEX "readers_identity" ON "readers" USING btree ("identity_id");--> statement-breakpoint
CREATE INDEX "identities_tracking_off" ON "identities" USING btree ("person_id") WHERE tracking_off_at is not null;--> statement-breakpoint
CREATE INDEX "moments_identity_others" ON "moments" USING btree ("identity_id","occurred_at","id") WHERE kind <> 'material.view';--> statement-breakpoint
CREATE INDEX "moments_identity_txid" ON "moments" USING btree ("identity_id","txid");--> statement-breakpoint
CREATE INDEX "moments_target_txid" ON "moments" USING btree ("target_identity_id","txid") WHERE target_identity_id is not null;--> statement-breakpoint
-- Below: by hand, because drizzle knows neither partitions nor triggers.
ALTER TABLE "events" RENAME TO "events_before";--> statement-breakpoint
ALTER INDEX "events_pkey" RENAME TO "events_before_pkey";--> statement-breakpoint
ALTER INDEX "events_identity" RENAME TO "events_before_identity";--> statement-breakpoint
CREATE TABLE "events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"identity_id" uuid,
	"member_userid" text,
	"kind" text NOT NULL,
	"version" smallint DEFAULT 1 NOT NULL,
	"visit_id" uuid,
	"share_id" uuid,
	"moment_id" uuid,
	"occurred_at" timestamp with time zone NOT NULL,
	"reported_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"properties" jsonb NOT NULL,
	CONSTRAINT "events_one_reporter" CHECK (num_nonnulls(identity_id, member_userid) = 1)
) PARTITION BY RANGE ("id");--> statement-breakpoint
CREATE TABLE "events_default" PARTITION OF "events" DEFAULT;--> statement-breakpoint
CREATE INDEX "events_identity" ON "events" USING btree ("identity_id") WHERE identity_id is not null;--> statement-breakpoint
CREATE INDEX "events_moment" ON "events" USING btree ("moment_id") WHERE moment_id is not null;--> statement-breakpoint
INSERT INTO "events" (id, corp_id, identity_id, kind, visit_id, share_id, moment_id, occurred_at, reported_at, received_at, properties)
SELECT id, corp_id, identity_id, kind, visit_id, share_id,
	CASE kind WHEN 'share' THEN (properties ->> 'childShareId')::uuid WHEN 'menu.click' THEN id ELSE visit_id END,
	occurred_at, reported_at, received_at, properties FROM "events_before";--> statement-breakpoint
DROP TABLE "events_before";--> statement-breakpoint
UPDATE "moments" SET member_userid = shares.member_userid FROM "shares" WHERE shares.id = moments.share_id;--> statement-breakpoint
CREATE FUNCTION seconds_bucket(seconds double precision) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(8 * ln(1 + greatest(seconds, 0)) / ln(2::double precision))::smallint;--> statement-breakpoint
CREATE FUNCTION depth_bucket(reached double precision, total double precision) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN total > 0 THEN least(10, floor(10 * reached / total))::smallint END;--> statement-breakpoint
CREATE FUNCTION uncount_moments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO rollup_deltas (material_id, share_id, identity_id, opens, forwards, seconds_from, depth_from)
	SELECT material_id, share_id, identity_id, -(kind = 'material.view')::int, -(kind = 'material.share')::int, seconds_to, depth_to
	FROM gone WHERE kind IN ('material.view', 'material.share') AND share_id IS NOT NULL AND material_id IS NOT NULL;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER moments_gone AFTER DELETE ON "moments" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION uncount_moments();--> statement-breakpoint
UPDATE "moments" SET seconds_to = seconds_bucket(active_seconds), depth_to = depth_bucket(depth_reached, depth_total) WHERE kind = 'material.view';--> statement-breakpoint
INSERT INTO "rollup_deltas" (material_id, share_id, identity_id, opens, forwards, seconds_to, depth_to)
SELECT material_id, share_id, identity_id, (kind = 'material.view')::int, (kind = 'material.share')::int, seconds_to, depth_to
FROM "moments" WHERE kind IN ('material.view', 'material.share') AND share_id IS NOT NULL AND material_id IS NOT NULL;
