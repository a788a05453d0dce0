CREATE TABLE `link_tries` (
	`team_id` text NOT NULL,
	`platform` text NOT NULL,
	`account_id` text NOT NULL,
	`since_ms` integer NOT NULL,
	`try_count` integer NOT NULL,
	PRIMARY KEY(`team_id`, `platform`, `account_id`)
);
--> statement-breakpoint
CREATE TABLE `links` (
	`team_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`person_id` text NOT NULL,
	`made_on` text,
	`expires_at_ms` integer NOT NULL,
	`used_at_ms` integer,
	PRIMARY KEY(`team_id`, `code_hash`)
);
--> statement-breakpoint
CREATE TABLE `troubles` (
	`team_id` text NOT NULL,
	`platform` text NOT NULL,
	`since_ms` integer NOT NULL,
	`reason` text NOT NULL,
	`quiet_since_ms` integer,
	`told_at_ms` integer,
	PRIMARY KEY(`team_id`, `platform`)
);
--> statement-breakpoint
CREATE TABLE `workspaces` (
	`team_id` text NOT NULL,
	`platform` text NOT NULL,
	`workspace_id` text NOT NULL,
	`bound_at_ms` integer NOT NULL,
	PRIMARY KEY(`platform`, `workspace_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `workspaces_team` ON `workspaces` (`team_id`,`platform`);--> statement-breakpoint
ALTER TABLE `buttons` ADD `confirm` text;--> statement-breakpoint
ALTER TABLE `posts` ADD `pinged` text;--> statement-breakpoint
ALTER TABLE `people` ADD `last_platform` text;--> statement-breakpoint
ALTER TABLE `people` ADD `ping_where` text;