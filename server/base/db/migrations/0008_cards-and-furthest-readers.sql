CREATE TABLE "member_cards" (
	"corp_id" text NOT NULL,
	"user_id" text NOT NULL,
	"phone" text,
	"addable" boolean DEFAULT false NOT NULL,
	"add_code_url" text,
	CONSTRAINT "member_cards_corp_id_user_id_pk" PRIMARY KEY("corp_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "title" text;--> statement-breakpoint
ALTER TABLE "readers" ADD COLUMN "depth" smallint;--> statement-breakpoint
UPDATE "readers" SET depth = furthest.depth FROM (
	SELECT share_id, identity_id, max(depth_to) AS depth FROM "moments"
	WHERE kind = 'material.view' AND share_id IS NOT NULL GROUP BY share_id, identity_id
) AS furthest WHERE readers.share_id = furthest.share_id AND readers.identity_id = furthest.identity_id;--> statement-breakpoint
CREATE INDEX "readers_furthest" ON "readers" USING btree ("material_id","depth") WHERE depth is not null;