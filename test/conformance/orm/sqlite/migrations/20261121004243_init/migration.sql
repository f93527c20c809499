-- CreateTable
CREATE TABLE "shop_publisher" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "num_awards" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "shop_author" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "age" INTEGER NOT NULL,
    "email" TEXT
);

-- CreateTable
CREATE TABLE "shop_book" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "isbn" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "pages" INTEGER NOT NULL,
    "rating" REAL NOT NULL,
    "price" DECIMAL NOT NULL,
    "pubdate" DATETIME NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '[]',
    "meta" JSONB,
    "publisher_id" INTEGER NOT NULL,
    "contact_id" INTEGER,
    CONSTRAINT "shop_book_publisher_id_fkey" FOREIGN KEY ("publisher_id") REFERENCES "shop_publisher" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "shop_book_contact_id_fkey" FOREIGN KEY ("contact_id") REFERENCES "shop_author" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "shop_store" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "original_opening" DATETIME NOT NULL,
    "friday_night_closing" DATETIME
);

-- CreateTable
CREATE TABLE "shop_customer" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "shop_customerprofile" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "customer_id" INTEGER NOT NULL,
    "phone" TEXT NOT NULL DEFAULT '',
    "points" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "shop_customerprofile_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "shop_customer" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "shop_order" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "customer_id" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'new',
    "total_price" DECIMAL NOT NULL,
    "discounted_price" DECIMAL NOT NULL,
    "placed_at" DATETIME NOT NULL,
    "note" TEXT,
    CONSTRAINT "shop_order_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "shop_customer" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "shop_orderitem" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "order_id" INTEGER NOT NULL,
    "book_id" INTEGER NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price" DECIMAL NOT NULL,
    CONSTRAINT "shop_orderitem_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "shop_order" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "shop_orderitem_book_id_fkey" FOREIGN KEY ("book_id") REFERENCES "shop_book" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "shop_employee" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "salary" DECIMAL,
    "department" TEXT NOT NULL,
    "hired" DATETIME NOT NULL,
    "manager_id" INTEGER,
    CONSTRAINT "shop_employee_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "shop_employee" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "_Friends" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_Friends_A_fkey" FOREIGN KEY ("A") REFERENCES "shop_author" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_Friends_B_fkey" FOREIGN KEY ("B") REFERENCES "shop_author" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "_BookAuthors" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_BookAuthors_A_fkey" FOREIGN KEY ("A") REFERENCES "shop_author" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_BookAuthors_B_fkey" FOREIGN KEY ("B") REFERENCES "shop_book" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "_BookStores" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,
    CONSTRAINT "_BookStores_A_fkey" FOREIGN KEY ("A") REFERENCES "shop_book" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_BookStores_B_fkey" FOREIGN KEY ("B") REFERENCES "shop_store" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "shop_author_email_key" ON "shop_author"("email");

-- CreateIndex
CREATE UNIQUE INDEX "shop_book_isbn_key" ON "shop_book"("isbn");

-- CreateIndex
CREATE INDEX "shop_book_publisher_id_idx" ON "shop_book"("publisher_id");

-- CreateIndex
CREATE INDEX "shop_book_contact_id_idx" ON "shop_book"("contact_id");

-- CreateIndex
CREATE INDEX "shop_book_pubdate_idx" ON "shop_book"("pubdate");

-- CreateIndex
CREATE UNIQUE INDEX "shop_customerprofile_customer_id_key" ON "shop_customerprofile"("customer_id");

-- CreateIndex
CREATE INDEX "shop_order_customer_id_idx" ON "shop_order"("customer_id");

-- CreateIndex
CREATE INDEX "shop_order_placed_at_idx" ON "shop_order"("placed_at");

-- CreateIndex
CREATE INDEX "shop_orderitem_book_id_idx" ON "shop_orderitem"("book_id");

-- CreateIndex
CREATE UNIQUE INDEX "shop_orderitem_order_id_book_id_key" ON "shop_orderitem"("order_id", "book_id");

-- CreateIndex
CREATE INDEX "shop_employee_manager_id_idx" ON "shop_employee"("manager_id");

-- CreateIndex
CREATE UNIQUE INDEX "_Friends_AB_unique" ON "_Friends"("A", "B");

-- CreateIndex
CREATE INDEX "_Friends_B_index" ON "_Friends"("B");

-- CreateIndex
CREATE UNIQUE INDEX "_BookAuthors_AB_unique" ON "_BookAuthors"("A", "B");

-- CreateIndex
CREATE INDEX "_BookAuthors_B_index" ON "_BookAuthors"("B");

-- CreateIndex
CREATE UNIQUE INDEX "_BookStores_AB_unique" ON "_BookStores"("A", "B");

-- CreateIndex
CREATE INDEX "_BookStores_B_index" ON "_BookStores"("B");
