// The people of the browser tests. The first to come, Amara, is the administrator.
function somebody(name, handle, password) {
  return { name, handle, email: `${handle}@example.org`, password };
}

export const amara = somebody("Amara Okafor", "amara", "thirteen red trains");
export const jonas = somebody("Jonas Lind", "jonas", "fourteen blue boats");
export const mei = somebody("Mei Tan", "mei", "fifteen grey gulls");
