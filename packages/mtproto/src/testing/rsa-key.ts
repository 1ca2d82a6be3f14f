import { parseRsaPublicKey, type RsaPrivateKey, type RsaPublicKey } from '../crypto/index.ts'
import { importRsaPrivateKey } from '../private-keys.ts'

/** That of the test vectors: anyone may know it. */
const PEM = `-----BEGIN RSA PRIVATE KEY-----
MIIEogIBAAKCAQEAvQxSpXBEXoAPtvuQU+VmZ7ajumpX3TJLiSEIgPxZKhbkcn5g
RYu/Xz7HSymORnG7iyaXlTFMWkoncrA3abGZtuNqzhwFbpxlNMuut6eQ0UrS/4bZ
FcMGF/InSaO3oQK0EgYU9UsuLGEQ0Hkd1DkZjE+dKPbLi3gn/h39F/7SqqXergA+
CUlsJcRT5Ja+59ogAarpSBuQTerH186m6ffevS3DPpX+D8SSr+caylfMfuX7CFrY
sHooBf/ctX+/9Vbk9kbo0RXZBQhHSb3giKoL7a33sQ+uv72S1E5oqkvWMFij+oWX
+KczxCfygSv8n3vbHTOGws4a+ZhktHVQ3NAkSQIDAQABAoIBABYXS8wRzad2Uv/I
r0Gif6A0dzb4KMrMDwgX8Fi0RE4XDTx02Jaf4S3F1f+KPFoufaIh0RpJv7iYTDpK
bbs/2ezFb+xkWV0m0OvFtmW3IsTWN8hMz27L0pk3PpCMHU/nEzg89jOAxMVCVXbr
BEmRn5LmFcEc78WdNZ0sD3B/okn28x+nMsDqTJIwfeUOAvmPUY/NZz3WmhVwbTju
6rzV6JEDGVQlmS5fWw5c+J/G7wudlki/diSt4TaX/9KqsUekpOZ1GO7NcKgGr2ZS
X8hNSZ+JmFROXTzZxfhMjfwWkjcCORstf4zvzWOvucMb0YES6O1pFdmBCg/NiOMo
vEMaVyUCgYEA3BpFW2lViK+5i7B8oehhT/+YsTxeq98xswXOTC4xNhCsehDBJgDq
/H5GEK2vyLu7O2QPgWQeEJLv78dI2oUdV+9p8mTQznvuwuBzWwZGcm3DQS1XLNRc
X0WqZmk4Yw+ttlu2SK5eV77fRuB7APMGIvrr3vkB04fS5U4+Bm8irk0CgYEA2+F2
5VQlAuzzp8kAdvNHEU4/E+1bZvNl+3YlGlFR1M9QlAZDcj7if2WiPksJJUwgHQ2x
ZFji1+3E8OC5yQ4dvMIzvKvJgmSNLBgiriKbbUfAIU/b7EndEym8xx+niteUVdxM
EFKFa4tNHjl0YfmucC2C47adL2gXQZWc32oBY+0CgYBG1vm9qxBJdu1MBViHr8gq
PESDvr9lp+dSDCtSn4ddNE6e1uejeKYo7+dTFOO/wpRHUDQhW/zFLtWkocpT8oX4
OGksB8CgxIibFixqfoGL8MHoJ1SobAzy6PQoE/N/BpvNVoU7rUtWCGvKXxOXwaAX
ABWMZS5uS4fYH6+c2IYb/QKBgHpEvtO5XbdpwffsKsj6cOtromHXXDs8X9pcETe4
PpPjEICvlvPBijujbXvMR/KoiTb+tUUCtGm0Ow5jOIxXwCuFpjVlJXHPrjz10tsY
PWugOXOMr9OOI1QTonjr3kOzqzWvgdCVwsFRvflvo4sTx29zr1Qm6PNCo6QBqTEH
BmzlAoGAFrbK4+A5F1o0wnXp5knzSciCG5fwrseBwRpCTLHc9ae6gvuO3D6fAida
ROZ6KckVxUpsJMZg9wDp3l9OxEofyiJ4ghr+PPM3ghO7VF2YZSBru+7CzOHiTc8e
TYmIgE2fyLHutb8/6b2PkX6pK2gUThv1RNocYBILWOKekkkQnyU=
-----END RSA PRIVATE KEY-----
`
/** The public half of the key of simulated servers, as PEM. */
export const RSA_PUBLIC_PEM = `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAvQxSpXBEXoAPtvuQU+VmZ7ajumpX3TJLiSEIgPxZKhbkcn5gRYu/
Xz7HSymORnG7iyaXlTFMWkoncrA3abGZtuNqzhwFbpxlNMuut6eQ0UrS/4bZFcMG
F/InSaO3oQK0EgYU9UsuLGEQ0Hkd1DkZjE+dKPbLi3gn/h39F/7SqqXergA+CUls
JcRT5Ja+59ogAarpSBuQTerH186m6ffevS3DPpX+D8SSr+caylfMfuX7CFrYsHoo
Bf/ctX+/9Vbk9kbo0RXZBQhHSb3giKoL7a33sQ+uv72S1E5oqkvWMFij+oWX+Kcz
xCfygSv8n3vbHTOGws4a+ZhktHVQ3NAkSQIDAQAB
-----END RSA PUBLIC KEY-----
`

/** The RSA key of simulated servers. */
export const RSA_KEY: RsaPrivateKey = importRsaPrivateKey(PEM)
/** The public halves, as clients know them. */
export const SERVER_KEYS: readonly RsaPublicKey[] = [parseRsaPublicKey(RSA_PUBLIC_PEM)]
