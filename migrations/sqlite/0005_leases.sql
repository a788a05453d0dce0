CREATE TABLE `leases` (
	`team_id` text NOT NULL,
	`what` text NOT NULL,
	`worker` text NOT NULL,
	`until_ms` integer NOT NULL,
	PRIMARY KEY(`team_id`, `what`)
);
