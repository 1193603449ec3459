CREATE SEQUENCE "public"."moment_revision" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "platform_calls" (
	"key" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"calls" integer NOT NULL,
	CONSTRAINT "platform_calls_key_hour_pk" PRIMARY KEY("key","hour")
);
--> statement-breakpoint
CREATE TABLE "platform_tokens" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text,
	"expires_at" timestamp with time zone,
	"lease_owner" text,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"corp_id" text NOT NULL,
	"external_userid" text NOT NULL,
	"profile" jsonb NOT NULL,
	"follows" jsonb NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	CONSTRAINT "contacts_corp_id_external_userid_pk" PRIMARY KEY("corp_id","external_userid")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"corp_id" text NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"avatar_url" text,
	"fetched_at" timestamp with time zone NOT NULL,
	CONSTRAINT "members_corp_id_user_id_pk" PRIMARY KEY("corp_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"owner" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" char(64) NOT NULL,
	"result_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_owner_key_pk" PRIMARY KEY("owner","key")
);
--> statement-breakpoint
CREATE TABLE "once_values" (
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"payload" jsonb NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "once_values_kind_value_pk" PRIMARY KEY("kind","value")
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"sha256" text NOT NULL,
	"media_type" text NOT NULL,
	"name" text NOT NULL,
	"bytes" integer NOT NULL,
	"width" integer,
	"height" integer,
	"access" text NOT NULL,
	"owner_identity_id" uuid,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"scope" text NOT NULL,
	"value" text NOT NULL,
	"joined_by" text NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "merges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"kept_person_id" uuid NOT NULL,
	"merged_person_id" uuid NOT NULL,
	"identity_ids" uuid[] NOT NULL,
	"evidence" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"undone_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "persons" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "material_categories" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"name" text NOT NULL,
	"position" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "materials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"summary" text NOT NULL,
	"cover_file_id" uuid,
	"category_id" uuid,
	"body" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"material_id" uuid NOT NULL,
	"member_userid" text NOT NULL,
	"entry" text NOT NULL,
	"target_identity_id" uuid,
	"target_chat_id" text,
	"parent_id" uuid,
	"forwards" integer NOT NULL,
	"forwarder_identity_id" uuid,
	"state" text NOT NULL,
	"reason" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"identity_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"visit_id" uuid,
	"share_id" uuid,
	"occurred_at" timestamp with time zone NOT NULL,
	"reported_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"properties" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "moments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"identity_id" uuid NOT NULL,
	"target_identity_id" uuid,
	"kind" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"revision" bigint DEFAULT nextval('moment_revision') NOT NULL,
	"material_id" uuid,
	"share_id" uuid,
	"workorder_id" uuid,
	"item" text,
	"active_seconds" double precision DEFAULT 0 NOT NULL,
	"depth_unit" text,
	"depth_reached" double precision,
	"depth_total" double precision,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "equipment" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"sn" text NOT NULL,
	"model" text NOT NULL,
	"place" text
);
--> statement-breakpoint
CREATE TABLE "workorder_numbers" (
	"corp_id" text NOT NULL,
	"day" text NOT NULL,
	"last" integer NOT NULL,
	CONSTRAINT "workorder_numbers_corp_id_day_pk" PRIMARY KEY("corp_id","day")
);
--> statement-breakpoint
CREATE TABLE "workorder_statuses" (
	"workorder_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"status" text NOT NULL,
	"by" text NOT NULL,
	"note" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "workorder_statuses_workorder_id_position_pk" PRIMARY KEY("workorder_id","position")
);
--> statement-breakpoint
CREATE TABLE "workorders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"number" text NOT NULL,
	"identity_id" uuid NOT NULL,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"description" text NOT NULL,
	"contact_name" text NOT NULL,
	"contact_phone" text NOT NULL,
	"photo_ids" uuid[] NOT NULL,
	"preferred_at" timestamp with time zone,
	"equipment_id" uuid,
	"location_source" text NOT NULL,
	"location_name" text NOT NULL,
	"location_address" text NOT NULL,
	"latitude" double precision,
	"longitude" double precision,
	"accuracy" double precision,
	"share_id" uuid,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_person_id_persons_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."persons"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "materials" ADD CONSTRAINT "materials_category_id_material_categories_id_fk" FOREIGN KEY ("category_id") REFERENCES "public"."material_categories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_material_id_materials_id_fk" FOREIGN KEY ("material_id") REFERENCES "public"."materials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workorder_statuses" ADD CONSTRAINT "workorder_statuses_workorder_id_workorders_id_fk" FOREIGN KEY ("workorder_id") REFERENCES "public"."workorders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workorders" ADD CONSTRAINT "workorders_equipment_id_equipment_id_fk" FOREIGN KEY ("equipment_id") REFERENCES "public"."equipment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "once_values_expires" ON "once_values" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "files_sha256" ON "files" USING btree ("corp_id","sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "identities_value" ON "identities" USING btree ("corp_id","kind","scope","value");--> statement-breakpoint
CREATE INDEX "identities_person" ON "identities" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "merges_kept" ON "merges" USING btree ("kept_person_id");--> statement-breakpoint
CREATE INDEX "merges_merged" ON "merges" USING btree ("merged_person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "material_categories_name" ON "material_categories" USING btree ("corp_id","name");--> statement-breakpoint
CREATE INDEX "materials_updated" ON "materials" USING btree ("corp_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "shares_target" ON "shares" USING btree ("target_identity_id","created_at","id");--> statement-breakpoint
CREATE INDEX "shares_material" ON "shares" USING btree ("material_id");--> statement-breakpoint
CREATE INDEX "shares_parent" ON "shares" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "events_identity" ON "events" USING btree ("identity_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "events_visit" ON "events" USING btree ("visit_id");--> statement-breakpoint
CREATE INDEX "moments_identity" ON "moments" USING btree ("identity_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "moments_target" ON "moments" USING btree ("target_identity_id","occurred_at","id") WHERE target_identity_id is not null;--> statement-breakpoint
CREATE INDEX "moments_identity_revision" ON "moments" USING btree ("identity_id","revision");--> statement-breakpoint
CREATE INDEX "moments_target_revision" ON "moments" USING btree ("target_identity_id","revision") WHERE target_identity_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "equipment_sn" ON "equipment" USING btree ("corp_id","sn");--> statement-breakpoint
CREATE UNIQUE INDEX "workorders_number" ON "workorders" USING btree ("corp_id","number");--> statement-breakpoint
CREATE INDEX "workorders_identity" ON "workorders" USING btree ("identity_id","created_at","id");