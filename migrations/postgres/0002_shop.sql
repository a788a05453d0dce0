CREATE TABLE "shop_counts" (
	"team_id" text NOT NULL,
	"source" text NOT NULL,
	"sku" text NOT NULL,
	"available_units" bigint NOT NULL,
	"on_hand_units" bigint,
	"committed_units" bigint,
	"counted_at_ms" bigint NOT NULL,
	"sequence" bigint,
	"by_places" boolean NOT NULL,
	"heard_at_ms" bigint NOT NULL,
	"judge_at_ms" bigint,
	"drift_units" bigint,
	"drift_since_ms" bigint,
	"told_at_ms" bigint,
	CONSTRAINT "shop_counts_team_id_source_sku_pk" PRIMARY KEY("team_id","source","sku")
);
--> statement-breakpoint
CREATE TABLE "shop_items" (
	"team_id" text NOT NULL,
	"source" text NOT NULL,
	"item_id" text NOT NULL,
	"sku" text NOT NULL,
	CONSTRAINT "shop_items_team_id_source_item_id_pk" PRIMARY KEY("team_id","source","item_id")
);
--> statement-breakpoint
CREATE TABLE "shop_places" (
	"team_id" text NOT NULL,
	"source" text NOT NULL,
	"sku" text NOT NULL,
	"place" text NOT NULL,
	"available_units" integer NOT NULL,
	"counted_at_ms" bigint NOT NULL,
	CONSTRAINT "shop_places_team_id_source_sku_place_pk" PRIMARY KEY("team_id","source","sku","place")
);
--> statement-breakpoint
CREATE INDEX "shop_counts_due" ON "shop_counts" USING btree ("team_id","judge_at_ms");