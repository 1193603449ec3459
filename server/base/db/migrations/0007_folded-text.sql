DROP INDEX "equipment_sn";--> statement-breakpoint
ALTER TABLE "equipment" ADD COLUMN "folded_sn" text;--> statement-breakpoint
ALTER TABLE "materials" ADD COLUMN "folded" text DEFAULT '' NOT NULL;--> statement-breakpoint
-- Rows of earlier versions are folded here once; since then shared/rules/folded.ts does it.
UPDATE "materials" SET "folded" = lower(upper(normalize(regexp_replace("title" || E'\n' || "summary", '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]', '', 'g'), NFKC)));--> statement-breakpoint
-- Serial numbers had one width, one case and no blanks. Two that differ in a dash alone stay two.
UPDATE "equipment" SET "folded_sn" = CASE WHEN "place_in_line" = 1 THEN "one" ELSE "equipment"."sn" END
FROM (
	SELECT "id", "one", row_number() OVER (PARTITION BY "corp_id", "one" ORDER BY "id") AS "place_in_line"
	FROM (SELECT "id", "corp_id", lower(translate(regexp_replace("sn", '[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]', '', 'g'), '‐‑‒–—―−﹘﹣－', '----------')) AS "one" FROM "equipment") AS "every"
) AS "numbered"
WHERE "numbered"."id" = "equipment"."id";--> statement-breakpoint
ALTER TABLE "equipment" ALTER COLUMN "folded_sn" SET NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "equipment_folded_sn" ON "equipment" USING btree ("corp_id","folded_sn");
