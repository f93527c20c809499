-- CreateTable
CREATE TABLE "shop_publisher" (
    "id" SERIAL NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "num_awards" INTEGER NOT NULL,

    CONSTRAINT "shop_publisher_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_author" (
    "id" SERIAL NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "age" INTEGER NOT NULL,
    "email" VARCHAR(254),

    CONSTRAINT "shop_author_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_book" (
    "id" SERIAL NOT NULL,
    "isbn" VARCHAR(13) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "pages" INTEGER NOT NULL,
    "rating" DOUBLE PRECISION NOT NULL,
    "price" DECIMAL(6,2) NOT NULL,
    "pubdate" DATE NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '[]',
    "meta" JSONB,
    "publisher_id" INTEGER NOT NULL,
    "contact_id" INTEGER,

    CONSTRAINT "shop_book_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_store" (
    "id" SERIAL NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "original_opening" TIMESTAMPTZ(3) NOT NULL,
    "friday_night_closing" TIMESTAMPTZ(3),

    CONSTRAINT "shop_store_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_customer" (
    "id" SERIAL NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shop_customer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_customerprofile" (
    "id" SERIAL NOT NULL,
    "customer_id" INTEGER NOT NULL,
    "phone" VARCHAR(20) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "shop_customerprofile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_order" (
    "id" SERIAL NOT NULL,
    "customer_id" INTEGER NOT NULL,
    "status" VARCHAR(10) NOT NULL DEFAULT 'new',
    "total_price" DECIMAL(8,2) NOT NULL,
    "discounted_price" DECIMAL(8,2) NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT,

    CONSTRAINT "shop_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_orderitem" (
    "id" SERIAL NOT NULL,
    "order_id" INTEGER NOT NULL,
    "book_id" INTEGER NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price" DECIMAL(6,2) NOT NULL,

    CONSTRAINT "shop_orderitem_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_employee" (
    "id" SERIAL NOT NULL,
    "name" VARCHAR(50) NOT NULL,
    "salary" DECIMAL(10,2),
    "department" VARCHAR(20) NOT NULL,
    "hired" DATE NOT NULL,
    "manager_id" INTEGER,

    CONSTRAINT "shop_employee_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" VARCHAR(100) NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shop_outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quintet_session" (
    "key" VARCHAR(64) NOT NULL,
    "data" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quintet_session_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "quintet_cache" (
    "key" VARCHAR(255) NOT NULL,
    "value" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "quintet_cache_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "_Friends" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_Friends_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_BookAuthors" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_BookAuthors_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_BookStores" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_BookStores_AB_pkey" PRIMARY KEY ("A","B")
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
CREATE INDEX "quintet_session_expires_at_idx" ON "quintet_session"("expires_at");

-- CreateIndex
CREATE INDEX "quintet_cache_expires_at_idx" ON "quintet_cache"("expires_at");

-- CreateIndex
CREATE INDEX "_Friends_B_index" ON "_Friends"("B");

-- CreateIndex
CREATE INDEX "_BookAuthors_B_index" ON "_BookAuthors"("B");

-- CreateIndex
CREATE INDEX "_BookStores_B_index" ON "_BookStores"("B");

-- AddForeignKey
ALTER TABLE "shop_book" ADD CONSTRAINT "shop_book_publisher_id_fkey" FOREIGN KEY ("publisher_id") REFERENCES "shop_publisher"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_book" ADD CONSTRAINT "shop_book_contact_id_fkey" FOREIGN KEY ("contact_id") REFERENCES "shop_author"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_customerprofile" ADD CONSTRAINT "shop_customerprofile_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "shop_customer"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_order" ADD CONSTRAINT "shop_order_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "shop_customer"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_orderitem" ADD CONSTRAINT "shop_orderitem_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "shop_order"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_orderitem" ADD CONSTRAINT "shop_orderitem_book_id_fkey" FOREIGN KEY ("book_id") REFERENCES "shop_book"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_employee" ADD CONSTRAINT "shop_employee_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "shop_employee"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Friends" ADD CONSTRAINT "_Friends_A_fkey" FOREIGN KEY ("A") REFERENCES "shop_author"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Friends" ADD CONSTRAINT "_Friends_B_fkey" FOREIGN KEY ("B") REFERENCES "shop_author"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_BookAuthors" ADD CONSTRAINT "_BookAuthors_A_fkey" FOREIGN KEY ("A") REFERENCES "shop_author"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_BookAuthors" ADD CONSTRAINT "_BookAuthors_B_fkey" FOREIGN KEY ("B") REFERENCES "shop_book"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_BookStores" ADD CONSTRAINT "_BookStores_A_fkey" FOREIGN KEY ("A") REFERENCES "shop_book"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_BookStores" ADD CONSTRAINT "_BookStores_B_fkey" FOREIGN KEY ("B") REFERENCES "shop_store"("id") ON DELETE CASCADE ON UPDATE CASCADE;
