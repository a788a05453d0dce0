DROP INDEX `posts_due`;--> statement-breakpoint
DROP INDEX `posts_lease`;--> statement-breakpoint
CREATE INDEX `posts_waiting` ON `posts` (`team_id`,`destination_id`,`lane`,`created_at_ms`) WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX `posts_leased` ON `posts` (`team_id`,`destination_id`) WHERE lease_worker is not null;--> statement-breakpoint
CREATE INDEX `posts_dead` ON `posts` (`team_id`,`created_at_ms`) WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX `posts_expired` ON `posts` (`team_id`,`expires_at_ms`) WHERE state = 'expired';--> statement-breakpoint
CREATE INDEX `posts_over` ON `posts` (`due_ms`) WHERE state <> 'waiting';--> statement-breakpoint
CREATE INDEX `posts_remote` ON `posts` (`team_id`,`destination_id`,`remote_id`);--> statement-breakpoint
DROP INDEX `milestones_drop`;--> statement-breakpoint
ALTER TABLE `milestones` ADD `look_at_ms` integer DEFAULT 0;--> statement-breakpoint
CREATE INDEX `milestones_look` ON `milestones` (`team_id`,`look_at_ms`);--> statement-breakpoint
CREATE INDEX `milestones_drop` ON `milestones` (`team_id`,`drop_id`,`due_day`);--> statement-breakpoint
CREATE INDEX `alerts_opened` ON `alerts` (`team_id`,`opened_at_ms`);--> statement-breakpoint
CREATE INDEX `buttons_age` ON `buttons` (`kept_at_ms`);--> statement-breakpoint
CREATE INDEX `movements_at` ON `movements` (`team_id`,`at_ms`);--> statement-breakpoint
CREATE INDEX `movements_by_hand` ON `movements` (`team_id`,`sku`,`at_ms`) WHERE person_id is not null;