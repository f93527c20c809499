-- AlterTable
ALTER TABLE "shop_customerprofile" ALTER COLUMN "phone" SET DEFAULT '';
