DROP INDEX "posts_remote";--> statement-breakpoint
CREATE INDEX "posts_remote" ON "posts" USING btree ("remote_id");