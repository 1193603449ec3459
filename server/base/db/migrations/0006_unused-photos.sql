ALTER TABLE "files" ADD COLUMN "used_at" timestamp with time zone;--> statement-breakpoint
-- By hand: photos that an order names already stay.
UPDATE "files" SET "used_at" = "files"."created_at"
  FROM (SELECT DISTINCT unnest("photo_ids") AS "id" FROM "workorders") AS "named"
  WHERE "files"."id" = "named"."id";--> statement-breakpoint
CREATE INDEX "files_unused" ON "files" USING btree ("created_at") WHERE used_at is null and owner_identity_id is not null;
