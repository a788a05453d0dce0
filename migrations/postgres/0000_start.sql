CREATE TABLE "alerts" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"subject" text NOT NULL,
	"episode" integer NOT NULL,
	"state" text NOT NULL,
	"facts" jsonb NOT NULL,
	"drop_id" text,
	"ring_count" integer NOT NULL,
	"escalation_step" integer NOT NULL,
	"due_ms" bigint,
	"opened_at_ms" bigint NOT NULL,
	"closed_at_ms" bigint,
	CONSTRAINT "alerts_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "crossings" (
	"team_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"subject" text NOT NULL,
	"threshold_id" text NOT NULL,
	"severity" text NOT NULL,
	"cause" text NOT NULL,
	"balance_units" integer NOT NULL,
	"limit_units" integer NOT NULL,
	"minutes_left" double precision,
	"binding_sku" text,
	"alert_id" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "crossings_team_id_seq_pk" PRIMARY KEY("team_id","seq")
);
--> statement-breakpoint
CREATE TABLE "pauses" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"scope" text NOT NULL,
	"reason_id" text,
	"by_person_id" text NOT NULL,
	"place" jsonb NOT NULL,
	"at_ms" bigint NOT NULL,
	"until_ms" bigint,
	"from_movement_seq" bigint NOT NULL,
	"to_movement_seq" bigint,
	"held_count" integer NOT NULL,
	"marked_count" integer NOT NULL,
	"in_flight" jsonb NOT NULL,
	"ring_count" integer NOT NULL,
	"resumed_at_ms" bigint,
	"resumed_by" text,
	CONSTRAINT "pauses_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"team_id" text NOT NULL,
	"pause_id" text NOT NULL,
	"verb" text NOT NULL,
	"surface" text NOT NULL,
	"asked_at_ms" bigint NOT NULL,
	"confirmed_at_ms" bigint,
	"state" text NOT NULL,
	"note" text,
	CONSTRAINT "receipts_team_id_pause_id_verb_surface_pk" PRIMARY KEY("team_id","pause_id","verb","surface")
);
--> statement-breakpoint
CREATE TABLE "thresholds" (
	"team_id" text NOT NULL,
	"sku" text NOT NULL,
	"id" text NOT NULL,
	"unit" text NOT NULL,
	"value" integer NOT NULL,
	"severity" text NOT NULL,
	"armed" boolean NOT NULL,
	CONSTRAINT "thresholds_team_id_sku_id_pk" PRIMARY KEY("team_id","sku","id")
);
--> statement-breakpoint
CREATE TABLE "announcements" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"drop_id" text NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"at_ms" bigint NOT NULL,
	"wall" text NOT NULL,
	"zone" text NOT NULL,
	"purposes" jsonb NOT NULL,
	"skus" jsonb NOT NULL,
	"withdrawn" boolean NOT NULL,
	CONSTRAINT "announcements_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "drops" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"format" text NOT NULL,
	"stream_wall" text NOT NULL,
	"zone" text NOT NULL,
	"stream_at_ms" bigint NOT NULL,
	"state" text NOT NULL,
	"started_at_ms" bigint,
	"ended_at_ms" bigint,
	CONSTRAINT "drops_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "milestones" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"drop_id" text NOT NULL,
	"name" text NOT NULL,
	"owner_person_id" text,
	"owner_role" text,
	"due_day" text NOT NULL,
	"zone" text NOT NULL,
	"done_at_ms" bigint,
	"done_by" text,
	"snoozed_until_ms" bigint,
	"reminded_slot" text,
	CONSTRAINT "milestones_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"team_id" text NOT NULL,
	"drop_id" text NOT NULL,
	"plan" jsonb NOT NULL,
	"imported_at_ms" bigint NOT NULL,
	CONSTRAINT "plans_team_id_drop_id_pk" PRIMARY KEY("team_id","drop_id")
);
--> statement-breakpoint
CREATE TABLE "policies" (
	"team_id" text NOT NULL,
	"version" integer NOT NULL,
	"policy" jsonb NOT NULL,
	"published_at_ms" bigint NOT NULL,
	CONSTRAINT "policies_team_id_version_pk" PRIMARY KEY("team_id","version")
);
--> statement-breakpoint
CREATE TABLE "reminders" (
	"team_id" text NOT NULL,
	"milestone_id" text NOT NULL,
	"slot" text NOT NULL,
	"due_ms" bigint NOT NULL,
	"posted_at_ms" bigint,
	CONSTRAINT "reminders_team_id_milestone_id_slot_pk" PRIMARY KEY("team_id","milestone_id","slot")
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"team_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"at_ms" bigint NOT NULL,
	"person_id" text,
	"place" text,
	"action" text NOT NULL,
	"target" text NOT NULL,
	"before" text NOT NULL,
	"after" text NOT NULL,
	"reason_id" text,
	"reason_hash" text,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_team_id_seq_pk" PRIMARY KEY("team_id","seq")
);
--> statement-breakpoint
CREATE TABLE "buttons" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"command" text NOT NULL,
	"input" jsonb NOT NULL,
	"kept_at_ms" bigint NOT NULL,
	CONSTRAINT "buttons_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"key" text NOT NULL,
	"destination_id" text NOT NULL,
	"kind" text NOT NULL,
	"facts" jsonb NOT NULL,
	"lane" integer NOT NULL,
	"revision" integer NOT NULL,
	"delivered_revision" integer NOT NULL,
	"remote_id" text,
	"reply_to_id" text,
	"state" text NOT NULL,
	"held" boolean NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"due_ms" bigint NOT NULL,
	"expires_at_ms" bigint,
	"attempt_count" integer NOT NULL,
	"in_doubt" boolean NOT NULL,
	"lease_worker" text,
	"lease_until_ms" bigint,
	"claimed_revision" integer NOT NULL,
	"repost_count" integer NOT NULL,
	"delivered_at_ms" bigint,
	"edit_after_ms" bigint NOT NULL,
	"failure" text
);
--> statement-breakpoint
CREATE TABLE "reasons" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"text" text NOT NULL,
	"salt" text NOT NULL,
	"person_id" text,
	CONSTRAINT "reasons_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"team_id" text NOT NULL,
	"key" text NOT NULL,
	"answer" jsonb NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "requests_team_id_key_pk" PRIMARY KEY("team_id","key")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"team_id" text NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"heard_at_ms" bigint NOT NULL,
	CONSTRAINT "events_team_id_source_event_id_pk" PRIMARY KEY("team_id","source","event_id")
);
--> statement-breakpoint
CREATE TABLE "levels" (
	"team_id" text NOT NULL,
	"sku" text NOT NULL,
	"on_hand" integer NOT NULL,
	"committed" integer NOT NULL,
	"reserve" integer NOT NULL,
	"held" integer NOT NULL,
	"damaged" integer NOT NULL,
	"sellable_units" integer NOT NULL,
	"rate_units" double precision NOT NULL,
	"rate_at_ms" bigint,
	"rate_seq" bigint NOT NULL,
	CONSTRAINT "levels_team_id_sku_pk" PRIMARY KEY("team_id","sku")
);
--> statement-breakpoint
CREATE TABLE "movements" (
	"team_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"sku" text NOT NULL,
	"kind" text NOT NULL,
	"units" integer NOT NULL,
	"cause" text NOT NULL,
	"person_id" text,
	"reason_id" text,
	"key" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "movements_team_id_seq_pk" PRIMARY KEY("team_id","seq")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"team_id" text NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"placed_at_ms" bigint,
	"updated_at_ms" bigint NOT NULL,
	"event_at_ms" bigint NOT NULL,
	"buyer_key" text,
	"currency" text,
	"lines" jsonb NOT NULL,
	"refunds" jsonb NOT NULL,
	"reconcile" boolean NOT NULL,
	"heard_at_ms" bigint NOT NULL,
	"change_count" integer NOT NULL,
	CONSTRAINT "orders_team_id_source_external_id_pk" PRIMARY KEY("team_id","source","external_id")
);
--> statement-breakpoint
CREATE TABLE "set_aside_facts" (
	"team_id" text NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"external_id" text NOT NULL,
	"facts" jsonb NOT NULL,
	"why" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "set_aside_facts_team_id_source_event_id_pk" PRIMARY KEY("team_id","source","event_id")
);
--> statement-breakpoint
CREATE TABLE "skus" (
	"team_id" text NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"drop_id" text,
	"components" jsonb,
	"price_minor" integer,
	"currency" text,
	"tracked_from_ms" bigint NOT NULL,
	"reserve_percent" double precision NOT NULL,
	"incoming_units" integer NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "skus_team_id_sku_pk" PRIMARY KEY("team_id","sku")
);
--> statement-breakpoint
CREATE TABLE "unknown_lines" (
	"team_id" text NOT NULL,
	"sku" text NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"open_units" integer NOT NULL,
	CONSTRAINT "unknown_lines_team_id_sku_source_external_id_pk" PRIMARY KEY("team_id","sku","source","external_id")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"team_id" text NOT NULL,
	"platform" text NOT NULL,
	"account_id" text NOT NULL,
	"person_id" text NOT NULL,
	CONSTRAINT "accounts_team_id_platform_account_id_pk" PRIMARY KEY("team_id","platform","account_id")
);
--> statement-breakpoint
CREATE TABLE "assignments" (
	"team_id" text NOT NULL,
	"person_id" text NOT NULL,
	"role" text NOT NULL,
	"scope" text NOT NULL,
	CONSTRAINT "assignments_team_id_person_id_role_scope_pk" PRIMARY KEY("team_id","person_id","role","scope")
);
--> statement-breakpoint
CREATE TABLE "destinations" (
	"team_id" text NOT NULL,
	"id" text NOT NULL,
	"platform" text NOT NULL,
	"address" text NOT NULL,
	"purposes" jsonb NOT NULL,
	"locale" text NOT NULL,
	"zone" text NOT NULL,
	"held_until_ms" bigint NOT NULL,
	"held_reason" text,
	"chosen_drop_id" text,
	CONSTRAINT "destinations_team_id_id_pk" PRIMARY KEY("team_id","id")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"team_id" text NOT NULL,
	"person_id" text NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "people_team_id_person_id_pk" PRIMARY KEY("team_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "permission_edits" (
	"team_id" text NOT NULL,
	"role" text NOT NULL,
	"action" text NOT NULL,
	"allowed" boolean NOT NULL,
	CONSTRAINT "permission_edits_team_id_role_action_pk" PRIMARY KEY("team_id","role","action")
);
--> statement-breakpoint
CREATE TABLE "teams" (
	"team_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"zone" text NOT NULL,
	"locale" text NOT NULL,
	"returns_release" boolean NOT NULL,
	"movement_seq" bigint NOT NULL,
	"crossing_seq" bigint NOT NULL,
	"audit_seq" bigint NOT NULL,
	"audit_hash" text NOT NULL,
	"heard_at_ms" bigint,
	"heard_recent" double precision NOT NULL,
	"restored_at_ms" bigint
);
--> statement-breakpoint
CREATE INDEX "alerts_subject" ON "alerts" USING btree ("team_id","subject","episode");--> statement-breakpoint
CREATE INDEX "alerts_state" ON "alerts" USING btree ("team_id","state");--> statement-breakpoint
CREATE INDEX "crossings_subject" ON "crossings" USING btree ("team_id","subject");--> statement-breakpoint
CREATE INDEX "pauses_standing" ON "pauses" USING btree ("team_id","resumed_at_ms");--> statement-breakpoint
CREATE INDEX "receipts_state" ON "receipts" USING btree ("team_id","state");--> statement-breakpoint
CREATE INDEX "milestones_drop" ON "milestones" USING btree ("team_id","drop_id");--> statement-breakpoint
CREATE UNIQUE INDEX "posts_key" ON "posts" USING btree ("team_id","key","destination_id");--> statement-breakpoint
CREATE INDEX "posts_due" ON "posts" USING btree ("state","due_ms");--> statement-breakpoint
CREATE INDEX "posts_lease" ON "posts" USING btree ("lease_until_ms");--> statement-breakpoint
CREATE INDEX "requests_age" ON "requests" USING btree ("at_ms");--> statement-breakpoint
CREATE INDEX "events_age" ON "events" USING btree ("heard_at_ms");--> statement-breakpoint
CREATE UNIQUE INDEX "movements_key" ON "movements" USING btree ("team_id","key");--> statement-breakpoint
CREATE INDEX "movements_sku" ON "movements" USING btree ("team_id","sku","seq");--> statement-breakpoint
CREATE INDEX "destinations_at" ON "destinations" USING btree ("platform","address");