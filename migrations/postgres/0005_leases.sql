CREATE TABLE "leases" (
	"team_id" text NOT NULL,
	"what" text NOT NULL,
	"worker" text NOT NULL,
	"until_ms" bigint NOT NULL,
	CONSTRAINT "leases_team_id_what_pk" PRIMARY KEY("team_id","what")
);
