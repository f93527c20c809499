-- AlterTable
ALTER TABLE "quintet_session" ADD COLUMN     "user_id" TEXT;

-- CreateIndex
CREATE INDEX "quintet_session_user_id_idx" ON "quintet_session"("user_id");
