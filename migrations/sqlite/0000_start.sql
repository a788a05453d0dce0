CREATE TABLE `alerts` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`subject` text NOT NULL,
	`episode` integer NOT NULL,
	`state` text NOT NULL,
	`facts` text NOT NULL,
	`drop_id` text,
	`ring_count` integer NOT NULL,
	`escalation_step` integer NOT NULL,
	`due_ms` integer,
	`opened_at_ms` integer NOT NULL,
	`closed_at_ms` integer,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `alerts_subject` ON `alerts` (`team_id`,`subject`,`episode`);--> statement-breakpoint
CREATE INDEX `alerts_state` ON `alerts` (`team_id`,`state`);--> statement-breakpoint
CREATE TABLE `crossings` (
	`team_id` text NOT NULL,
	`seq` integer NOT NULL,
	`subject` text NOT NULL,
	`threshold_id` text NOT NULL,
	`severity` text NOT NULL,
	`cause` text NOT NULL,
	`balance_units` integer NOT NULL,
	`limit_units` integer NOT NULL,
	`minutes_left` real,
	`binding_sku` text,
	`alert_id` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `crossings_subject` ON `crossings` (`team_id`,`subject`);--> statement-breakpoint
CREATE TABLE `pauses` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`scope` text NOT NULL,
	`reason_id` text,
	`by_person_id` text NOT NULL,
	`place` text NOT NULL,
	`at_ms` integer NOT NULL,
	`until_ms` integer,
	`from_movement_seq` integer NOT NULL,
	`to_movement_seq` integer,
	`held_count` integer NOT NULL,
	`marked_count` integer NOT NULL,
	`in_flight` text NOT NULL,
	`ring_count` integer NOT NULL,
	`resumed_at_ms` integer,
	`resumed_by` text,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `pauses_standing` ON `pauses` (`team_id`,`resumed_at_ms`);--> statement-breakpoint
CREATE TABLE `receipts` (
	`team_id` text NOT NULL,
	`pause_id` text NOT NULL,
	`verb` text NOT NULL,
	`surface` text NOT NULL,
	`asked_at_ms` integer NOT NULL,
	`confirmed_at_ms` integer,
	`state` text NOT NULL,
	`note` text,
	PRIMARY KEY(`team_id`, `pause_id`, `verb`, `surface`)
);
--> statement-breakpoint
CREATE INDEX `receipts_state` ON `receipts` (`team_id`,`state`);--> statement-breakpoint
CREATE TABLE `thresholds` (
	`team_id` text NOT NULL,
	`sku` text NOT NULL,
	`id` text NOT NULL,
	`unit` text NOT NULL,
	`value` integer NOT NULL,
	`severity` text NOT NULL,
	`armed` integer NOT NULL,
	PRIMARY KEY(`team_id`, `sku`, `id`)
);
--> statement-breakpoint
CREATE TABLE `announcements` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`drop_id` text NOT NULL,
	`kind` text NOT NULL,
	`text` text NOT NULL,
	`at_ms` integer NOT NULL,
	`wall` text NOT NULL,
	`zone` text NOT NULL,
	`purposes` text NOT NULL,
	`skus` text NOT NULL,
	`withdrawn` integer NOT NULL,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `drops` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`format` text NOT NULL,
	`stream_wall` text NOT NULL,
	`zone` text NOT NULL,
	`stream_at_ms` integer NOT NULL,
	`state` text NOT NULL,
	`started_at_ms` integer,
	`ended_at_ms` integer,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `milestones` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`drop_id` text NOT NULL,
	`name` text NOT NULL,
	`owner_person_id` text,
	`owner_role` text,
	`due_day` text NOT NULL,
	`zone` text NOT NULL,
	`done_at_ms` integer,
	`done_by` text,
	`snoozed_until_ms` integer,
	`reminded_slot` text,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `milestones_drop` ON `milestones` (`team_id`,`drop_id`);--> statement-breakpoint
CREATE TABLE `plans` (
	`team_id` text NOT NULL,
	`drop_id` text NOT NULL,
	`plan` text NOT NULL,
	`imported_at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `drop_id`)
);
--> statement-breakpoint
CREATE TABLE `policies` (
	`team_id` text NOT NULL,
	`version` integer NOT NULL,
	`policy` text NOT NULL,
	`published_at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `reminders` (
	`team_id` text NOT NULL,
	`milestone_id` text NOT NULL,
	`slot` text NOT NULL,
	`due_ms` integer NOT NULL,
	`posted_at_ms` integer,
	PRIMARY KEY(`team_id`, `milestone_id`, `slot`)
);
--> statement-breakpoint
CREATE TABLE `audit` (
	`team_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`person_id` text,
	`place` text,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`reason_id` text,
	`reason_hash` text,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`team_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `buttons` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`command` text NOT NULL,
	`input` text NOT NULL,
	`kept_at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `posts` (
	`id` text PRIMARY KEY NOT NULL,
	`team_id` text NOT NULL,
	`key` text NOT NULL,
	`destination_id` text NOT NULL,
	`kind` text NOT NULL,
	`facts` text NOT NULL,
	`lane` integer NOT NULL,
	`revision` integer NOT NULL,
	`delivered_revision` integer NOT NULL,
	`remote_id` text,
	`reply_to_id` text,
	`state` text NOT NULL,
	`held` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`due_ms` integer NOT NULL,
	`expires_at_ms` integer,
	`attempt_count` integer NOT NULL,
	`in_doubt` integer NOT NULL,
	`lease_worker` text,
	`lease_until_ms` integer,
	`claimed_revision` integer NOT NULL,
	`repost_count` integer NOT NULL,
	`delivered_at_ms` integer,
	`edit_after_ms` integer NOT NULL,
	`failure` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `posts_key` ON `posts` (`team_id`,`key`,`destination_id`);--> statement-breakpoint
CREATE INDEX `posts_due` ON `posts` (`state`,`due_ms`);--> statement-breakpoint
CREATE INDEX `posts_lease` ON `posts` (`lease_until_ms`);--> statement-breakpoint
CREATE TABLE `reasons` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`text` text NOT NULL,
	`salt` text NOT NULL,
	`person_id` text,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `requests` (
	`team_id` text NOT NULL,
	`key` text NOT NULL,
	`answer` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `requests_age` ON `requests` (`at_ms`);--> statement-breakpoint
CREATE TABLE `events` (
	`team_id` text NOT NULL,
	`source` text NOT NULL,
	`event_id` text NOT NULL,
	`heard_at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `source`, `event_id`)
);
--> statement-breakpoint
CREATE INDEX `events_age` ON `events` (`heard_at_ms`);--> statement-breakpoint
CREATE TABLE `levels` (
	`team_id` text NOT NULL,
	`sku` text NOT NULL,
	`on_hand` integer NOT NULL,
	`committed` integer NOT NULL,
	`reserve` integer NOT NULL,
	`held` integer NOT NULL,
	`damaged` integer NOT NULL,
	`sellable_units` integer NOT NULL,
	`rate_units` real NOT NULL,
	`rate_at_ms` integer,
	`rate_seq` integer NOT NULL,
	PRIMARY KEY(`team_id`, `sku`)
);
--> statement-breakpoint
CREATE TABLE `movements` (
	`team_id` text NOT NULL,
	`seq` integer NOT NULL,
	`sku` text NOT NULL,
	`kind` text NOT NULL,
	`units` integer NOT NULL,
	`cause` text NOT NULL,
	`person_id` text,
	`reason_id` text,
	`key` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `seq`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `movements_key` ON `movements` (`team_id`,`key`);--> statement-breakpoint
CREATE INDEX `movements_sku` ON `movements` (`team_id`,`sku`,`seq`);--> statement-breakpoint
CREATE TABLE `orders` (
	`team_id` text NOT NULL,
	`source` text NOT NULL,
	`external_id` text NOT NULL,
	`placed_at_ms` integer,
	`updated_at_ms` integer NOT NULL,
	`event_at_ms` integer NOT NULL,
	`buyer_key` text,
	`currency` text,
	`lines` text NOT NULL,
	`refunds` text NOT NULL,
	`reconcile` integer NOT NULL,
	`heard_at_ms` integer NOT NULL,
	`change_count` integer NOT NULL,
	PRIMARY KEY(`team_id`, `source`, `external_id`)
);
--> statement-breakpoint
CREATE TABLE `set_aside_facts` (
	`team_id` text NOT NULL,
	`source` text NOT NULL,
	`event_id` text NOT NULL,
	`external_id` text NOT NULL,
	`facts` text NOT NULL,
	`why` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `source`, `event_id`)
);
--> statement-breakpoint
CREATE TABLE `skus` (
	`team_id` text NOT NULL,
	`sku` text NOT NULL,
	`name` text NOT NULL,
	`drop_id` text,
	`components` text,
	`price_minor` integer,
	`currency` text,
	`tracked_from_ms` integer NOT NULL,
	`reserve_percent` real NOT NULL,
	`incoming_units` integer NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`team_id`, `sku`)
);
--> statement-breakpoint
CREATE TABLE `unknown_lines` (
	`team_id` text NOT NULL,
	`sku` text NOT NULL,
	`source` text NOT NULL,
	`external_id` text NOT NULL,
	`open_units` integer NOT NULL,
	PRIMARY KEY(`team_id`, `sku`, `source`, `external_id`)
);
--> statement-breakpoint
CREATE TABLE `accounts` (
	`team_id` text NOT NULL,
	`platform` text NOT NULL,
	`account_id` text NOT NULL,
	`person_id` text NOT NULL,
	PRIMARY KEY(`team_id`, `platform`, `account_id`)
);
--> statement-breakpoint
CREATE TABLE `assignments` (
	`team_id` text NOT NULL,
	`person_id` text NOT NULL,
	`role` text NOT NULL,
	`scope` text NOT NULL,
	PRIMARY KEY(`team_id`, `person_id`, `role`, `scope`)
);
--> statement-breakpoint
CREATE TABLE `destinations` (
	`team_id` text NOT NULL,
	`id` text NOT NULL,
	`platform` text NOT NULL,
	`address` text NOT NULL,
	`purposes` text NOT NULL,
	`locale` text NOT NULL,
	`zone` text NOT NULL,
	`held_until_ms` integer NOT NULL,
	`held_reason` text,
	`chosen_drop_id` text,
	PRIMARY KEY(`team_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `destinations_at` ON `destinations` (`platform`,`address`);--> statement-breakpoint
CREATE TABLE `people` (
	`team_id` text NOT NULL,
	`person_id` text NOT NULL,
	`name` text NOT NULL,
	PRIMARY KEY(`team_id`, `person_id`)
);
--> statement-breakpoint
CREATE TABLE `permission_edits` (
	`team_id` text NOT NULL,
	`role` text NOT NULL,
	`action` text NOT NULL,
	`allowed` integer NOT NULL,
	PRIMARY KEY(`team_id`, `role`, `action`)
);
--> statement-breakpoint
CREATE TABLE `teams` (
	`team_id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`zone` text NOT NULL,
	`locale` text NOT NULL,
	`returns_release` integer NOT NULL,
	`movement_seq` integer NOT NULL,
	`crossing_seq` integer NOT NULL,
	`audit_seq` integer NOT NULL,
	`audit_hash` text NOT NULL,
	`heard_at_ms` integer,
	`heard_recent` real NOT NULL,
	`restored_at_ms` integer
);
