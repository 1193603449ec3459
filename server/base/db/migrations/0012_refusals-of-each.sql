UPDATE "identities" AS later SET tracking_off_at = refused.since
FROM (
  SELECT person_id, min(tracking_off_at) AS since FROM "identities"
  WHERE tracking_off_at IS NOT NULL GROUP BY person_id
) AS refused
WHERE later.person_id = refused.person_id AND later.tracking_off_at IS NULL;
