// Puts what stands behind the # of an invitation's link into the form: browsers send it to nobody.
"use strict";

const token = location.hash.slice(1);
if (token) {
  document.getElementById("key").value = token;
  document.getElementById("code").hidden = true;
}
