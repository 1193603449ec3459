CREATE TABLE "connection_secrets" (
	"connection_id" uuid NOT NULL,
	"name" text NOT NULL,
	"value" text NOT NULL,
	"set_at" timestamp with time zone NOT NULL,
	CONSTRAINT "connection_secrets_connection_id_name_pk" PRIMARY KEY("connection_id","name")
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"corp_id" text NOT NULL,
	"kind" text NOT NULL,
	"platform_id" text NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "corps" (
	"corp_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "secret_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"wrapped" text NOT NULL,
	"proof" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "asked_lately" (
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"identity_id" uuid,
	"result" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "asked_lately_kind_value_pk" PRIMARY KEY("kind","value")
);
--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "platform" text DEFAULT 'wecom' NOT NULL;--> statement-breakpoint
ALTER TABLE "connection_secrets" ADD CONSTRAINT "connection_secrets_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_corp_id_corps_corp_id_fk" FOREIGN KEY ("corp_id") REFERENCES "public"."corps"("corp_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "connections_account" ON "connections" USING btree ("corp_id","kind","platform_id");--> statement-breakpoint
CREATE UNIQUE INDEX "connections_app_id" ON "connections" USING btree ("platform_id") WHERE kind <> 'wecom_app';--> statement-breakpoint
CREATE INDEX "asked_lately_expires" ON "asked_lately" USING btree ("expires_at");--> statement-breakpoint
-- Below: by hand. Remembered questions to WeCom move to a table of their own.
INSERT INTO "asked_lately" ("kind", "value", "identity_id", "result", "expires_at")
SELECT "kind", "value",
	CASE WHEN "kind" = 'unionid_conversion' AND split_part("value", '/', 2) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN split_part("value", '/', 2)::uuid END,
	coalesce("payload" ->> 'result', 'asked'), "expires_at"
FROM "once_values" WHERE "kind" IN ('unionid_conversion', 'pending_id_conversion');--> statement-breakpoint
DELETE FROM "once_values" WHERE "kind" IN ('unionid_conversion', 'pending_id_conversion');--> statement-breakpoint
-- Tokens stood here in clear text; each is fetched anew when it is needed, and kept encrypted.
UPDATE "platform_tokens" SET "value" = NULL, "expires_at" = NULL;
