CREATE TABLE "opened_forwards" (
	"share_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid NOT NULL,
	"material_id" uuid NOT NULL,
	"opened_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "shown_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "moments" ADD COLUMN "observed_at" timestamp with time zone;
--> statement-breakpoint
CREATE FUNCTION issued_at(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_timestamp((('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint)::double precision / 1000);--> statement-breakpoint
CREATE OR REPLACE FUNCTION uncount_moments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO rollup_deltas (material_id, share_id, identity_id, opens, seconds_from, depth_from)
	SELECT material_id, share_id, identity_id, -1, seconds_to, depth_to
	FROM gone WHERE kind = 'material.view' AND share_id IS NOT NULL AND material_id IS NOT NULL;
	RETURN NULL;
END $$;--> statement-breakpoint
INSERT INTO "opened_forwards" (share_id, parent_id, material_id, opened_at)
SELECT child.id, child.parent_id, child.material_id, min(reading.occurred_at) FROM "moments" AS reading
JOIN "shares" AS child ON child.id = reading.share_id AND child.parent_id IS NOT NULL
LEFT JOIN "identities" AS forwarder ON forwarder.id = child.forwarder_identity_id
LEFT JOIN "identities" AS reader ON reader.id = reading.identity_id
WHERE reading.kind = 'material.view' AND forwarder.person_id IS DISTINCT FROM reader.person_id
GROUP BY child.id;--> statement-breakpoint
DELETE FROM "rollups" WHERE measure = 'forwards';--> statement-breakpoint
UPDATE "rollup_deltas" SET forwards = 0 WHERE forwards <> 0;--> statement-breakpoint
INSERT INTO "rollup_deltas" (material_id, share_id, identity_id, forwards)
SELECT material_id, parent_id, '00000000-0000-0000-0000-000000000000'::uuid, 1 FROM "opened_forwards";
