-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "Archive 2";

-- CreateEnum
CREATE TYPE "exhibit kind" AS ENUM ('painting', 'Skulptur', 'tex tile');

-- CreateTable
CREATE TABLE "Wing" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "parentId" INTEGER,

    CONSTRAINT "Wing_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Archive 2"."room plan" (
    "wing id" INTEGER NOT NULL,
    "number" BIGINT NOT NULL,
    "title" TEXT,

    CONSTRAINT "room plan_pkey" PRIMARY KEY ("wing id","number")
);

-- CreateTable
CREATE TABLE "Archive 2"."Warden" (
    "badge" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "wingId" INTEGER,

    CONSTRAINT "Warden_pkey" PRIMARY KEY ("badge")
);

-- CreateTable
CREATE TABLE "exhibit" (
    "id" BIGSERIAL NOT NULL,
    "text" TEXT NOT NULL,
    "code" VARCHAR(40),
    "fixed" CHAR(5),
    "small" SMALLINT,
    "whole" INTEGER NOT NULL,
    "big" BIGINT,
    "float" DOUBLE PRECISION,
    "real" REAL,
    "price" DECIMAL(65,30),
    "exact value" DECIMAL(20,6),
    "flag" BOOLEAN NOT NULL,
    "moment" TIMESTAMP(3) NOT NULL,
    "zoned" TIMESTAMPTZ(3),
    "precise" TIMESTAMP(6),
    "day" DATE,
    "time" TIME(3),
    "json" JSONB,
    "plainJson" JSON,
    "bytes" BYTEA,
    "kind" "exhibit kind" NOT NULL,
    "otherKind" "exhibit kind",
    "uuid" UUID,
    "texts" TEXT[],
    "wholes" INTEGER[],
    "bigs" BIGINT[],
    "floats" DOUBLE PRECISION[],
    "prices" DECIMAL(65,30)[],
    "flags" BOOLEAN[],
    "moments" TIMESTAMP(3)[],
    "days" DATE[],
    "jsons" JSONB[],
    "blobs" BYTEA[],
    "kinds" "exhibit kind"[],
    "wingId" INTEGER,
    "roomNumber" BIGINT,

    CONSTRAINT "exhibit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Tag" (
    "name" TEXT NOT NULL,

    CONSTRAINT "Tag_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Archive 2"."Loan" (
    "exhibitId" BIGINT NOT NULL,
    "wingId" INTEGER NOT NULL,
    "number" BIGINT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Loan_pkey" PRIMARY KEY ("exhibitId","wingId","number")
);

-- CreateTable
CREATE TABLE "_ExhibitToTag" (
    "A" BIGINT NOT NULL,
    "B" TEXT NOT NULL,

    CONSTRAINT "_ExhibitToTag_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "Warden_wingId_key" ON "Archive 2"."Warden"("wingId");

-- CreateIndex
CREATE UNIQUE INDEX "exhibit_uuid_key" ON "exhibit"("uuid");

-- CreateIndex
CREATE UNIQUE INDEX "exhibit_code_kind_key" ON "exhibit"("code", "kind");

-- CreateIndex
CREATE INDEX "_ExhibitToTag_B_index" ON "_ExhibitToTag"("B");

-- AddForeignKey
ALTER TABLE "Wing" ADD CONSTRAINT "Wing_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Wing"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Archive 2"."room plan" ADD CONSTRAINT "room plan_wing id_fkey" FOREIGN KEY ("wing id") REFERENCES "Wing"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Archive 2"."Warden" ADD CONSTRAINT "Warden_wingId_fkey" FOREIGN KEY ("wingId") REFERENCES "Wing"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exhibit" ADD CONSTRAINT "exhibit_wingId_roomNumber_fkey" FOREIGN KEY ("wingId", "roomNumber") REFERENCES "Archive 2"."room plan"("wing id", "number") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Archive 2"."Loan" ADD CONSTRAINT "Loan_exhibitId_fkey" FOREIGN KEY ("exhibitId") REFERENCES "exhibit"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Archive 2"."Loan" ADD CONSTRAINT "Loan_wingId_number_fkey" FOREIGN KEY ("wingId", "number") REFERENCES "Archive 2"."room plan"("wing id", "number") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_ExhibitToTag" ADD CONSTRAINT "_ExhibitToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "exhibit"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_ExhibitToTag" ADD CONSTRAINT "_ExhibitToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag"("name") ON DELETE CASCADE ON UPDATE CASCADE;
