CREATE TABLE "link_tries" (
	"team_id" text NOT NULL,
	"platform" text NOT NULL,
	"account_id" text NOT NULL,
	"since_ms" bigint NOT NULL,
	"try_count" integer NOT NULL,
	CONSTRAINT "link_tries_team_id_platform_account_id_pk" PRIMARY KEY("team_id","platform","account_id")
);
--> statement-breakpoint
CREATE TABLE "links" (
	"team_id" text NOT NULL,
	"code_hash" text NOT NULL,
	"person_id" text NOT NULL,
	"made_on" text,
	"expires_at_ms" bigint NOT NULL,
	"used_at_ms" bigint,
	CONSTRAINT "links_team_id_code_hash_pk" PRIMARY KEY("team_id","code_hash")
);
--> statement-breakpoint
CREATE TABLE "troubles" (
	"team_id" text NOT NULL,
	"platform" text NOT NULL,
	"since_ms" bigint NOT NULL,
	"reason" text NOT NULL,
	"quiet_since_ms" bigint,
	"told_at_ms" bigint,
	CONSTRAINT "troubles_team_id_platform_pk" PRIMARY KEY("team_id","platform")
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"team_id" text NOT NULL,
	"platform" text NOT NULL,
	"workspace_id" text NOT NULL,
	"bound_at_ms" bigint NOT NULL,
	CONSTRAINT "workspaces_platform_workspace_id_pk" PRIMARY KEY("platform","workspace_id")
);
--> statement-breakpoint
ALTER TABLE "buttons" ADD COLUMN "confirm" jsonb;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "pinged" jsonb;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "last_platform" text;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "ping_where" text;--> statement-breakpoint
CREATE UNIQUE INDEX "workspaces_team" ON "workspaces" USING btree ("team_id","platform");