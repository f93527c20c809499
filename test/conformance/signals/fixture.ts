import type { PrismaDatabase } from '@nest-quintet/orm';

/** Empties every table and stores the rows that the recorded cases start from. */
export async function loadFixture(database: PrismaDatabase): Promise<void> {
  for (const statement of statements) await database.execute(statement, []);
}

const statements = [
  `TRUNCATE "Author", "Tag", "Book", "Review", "Profile", "Contract", "Club", "Membership", "User", "_Book_tags", "_Author_friends" RESTART IDENTITY CASCADE`,
  `INSERT INTO "Author" (name) VALUES ('a1'), ('a2')`,
  `INSERT INTO "Tag" (label) VALUES ('t1'), ('t2'), ('t3')`,
  `INSERT INTO "Book" (title, "authorId") VALUES ('b1', 1), ('b2', 1)`,
  `INSERT INTO "_Book_tags" ("A", "B") VALUES (1, 1), (1, 2)`,
  `INSERT INTO "Review" ("bookId") VALUES (1), (1), (2)`,
  `INSERT INTO "Profile" ("authorId") VALUES (1)`,
  `INSERT INTO "Club" (name) VALUES ('c1')`,
];
