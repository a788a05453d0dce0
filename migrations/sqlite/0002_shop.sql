CREATE TABLE `shop_counts` (
	`team_id` text NOT NULL,
	`source` text NOT NULL,
	`sku` text NOT NULL,
	`available_units` integer NOT NULL,
	`on_hand_units` integer,
	`committed_units` integer,
	`counted_at_ms` integer NOT NULL,
	`sequence` integer,
	`by_places` integer NOT NULL,
	`heard_at_ms` integer NOT NULL,
	`judge_at_ms` integer,
	`drift_units` integer,
	`drift_since_ms` integer,
	`told_at_ms` integer,
	PRIMARY KEY(`team_id`, `source`, `sku`)
);
--> statement-breakpoint
CREATE INDEX `shop_counts_due` ON `shop_counts` (`team_id`,`judge_at_ms`);--> statement-breakpoint
CREATE TABLE `shop_items` (
	`team_id` text NOT NULL,
	`source` text NOT NULL,
	`item_id` text NOT NULL,
	`sku` text NOT NULL,
	PRIMARY KEY(`team_id`, `source`, `item_id`)
);
--> statement-breakpoint
CREATE TABLE `shop_places` (
	`team_id` text NOT NULL,
	`source` text NOT NULL,
	`sku` text NOT NULL,
	`place` text NOT NULL,
	`available_units` integer NOT NULL,
	`counted_at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `source`, `sku`, `place`)
);
