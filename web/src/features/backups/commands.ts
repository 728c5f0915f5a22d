// What is typed to restore.
export const restoring = [
  "picsharz restore /backups --data /var/lib/picsharz",
  "picsharz restore /backups/ID --database postgres://…",
].join("\n");
