CREATE TABLE "erasures" (
	"team_id" text NOT NULL,
	"person_id" text NOT NULL,
	"erased_at_ms" bigint NOT NULL,
	CONSTRAINT "erasures_team_id_person_id_pk" PRIMARY KEY("team_id","person_id")
);
