CREATE TABLE `erasures` (
	`team_id` text NOT NULL,
	`person_id` text NOT NULL,
	`erased_at_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `person_id`)
);
